module example.org/shop/search

go 1.20

require golang.org/x/text v0.3.5
