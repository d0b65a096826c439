// A catalogue of three things, rendered with handlebars; prices come from prices.json (see prices.py).
const fs = require('fs');
const http = require('http');
const Handlebars = require('handlebars');
const _ = require('lodash');
const markdown = require('markdown-it')();

const page = Handlebars.compile(
  '<h1>Shop</h1><ul>{{#each items}}<li>{{{text}}} {{price}} €</li>{{/each}}</ul>');

http.createServer((request, response) => {
  const items = _.sortBy(JSON.parse(fs.readFileSync(`${__dirname}/prices.json`)), 'price')
    .map((item) => ({ ...item, text: markdown.renderInline(item.text) }));
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(page({ items }));
}).listen(8080);
