/* A session through the client library that editors are built on: a finding appears, its fix is applied as the
 * library's text documents do it, and it is gone. usage: client.js PLIMSOLL */
'use strict';
const assert = require('assert');
const { spawn } = require('child_process');
const lsp = require('vscode-languageserver-protocol/node');

const uri = 'file:///work/pod.yaml';
const text = [
  'apiVersion: v1', 'kind: Pod', 'metadata:', '  name: a', 'spec:', '  containers:',
  '    - name: a # ä', '      image: a:1', '      securityContext:', '        privileged: true # why', '',
].join('\n');

const offsetOf = (doc, position) =>
  doc.split('\n').slice(0, position.line).reduce((sum, line) => sum + line.length + 1, 0) + position.character;

const apply = (doc, edits) => [...edits].reverse().reduce((now, edit) =>
  now.slice(0, offsetOf(now, edit.range.start)) + edit.newText + now.slice(offsetOf(now, edit.range.end)), doc);

async function main(program) {
  const server = spawn(program, ['lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const left = new Promise((resolve) => server.on('exit', resolve));
  const connection = lsp.createProtocolConnection(
    new lsp.StreamMessageReader(server.stdout), new lsp.StreamMessageWriter(server.stdin));
  const published = [];
  let wake = () => {};
  connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => { published.push(params); wake(); });
  const diagnostics = async (version) => {
    for (;;) {
      const found = published.find((params) => params.version === version);
      if (found) return found.diagnostics;
      await new Promise((resolve) => { wake = resolve; });
    }
  };
  const has = (list) => list.some((d) => d.code === 'PLM-K8S-PSS-PRIVILEGED');
  connection.listen();

  const { capabilities } = await connection.sendRequest(lsp.InitializeRequest.type, {
    processId: process.pid, rootUri: null,
    capabilities: { workspace: { workspaceEdit: { documentChanges: true } },
                    textDocument: { hover: { contentFormat: ['plaintext'] } } },
  });
  assert.strictEqual(capabilities.textDocumentSync.change, lsp.TextDocumentSyncKind.Incremental);
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type,
    { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  const first = await diagnostics(1);
  const finding = first.find((d) => d.code === 'PLM-K8S-PSS-PRIVILEGED');
  assert.ok(finding && finding.severity === lsp.DiagnosticSeverity.Error);
  assert.deepStrictEqual(finding.range, lsp.Range.create(9, 20, 9, 24));

  const hover = await connection.sendRequest(lsp.HoverRequest.type,
    { textDocument: { uri }, position: finding.range.start });
  assert.strictEqual(hover.contents.kind, lsp.MarkupKind.PlainText);
  assert.ok(hover.contents.value.includes('Container is privileged'));

  const actions = await connection.sendRequest(lsp.CodeActionRequest.type,
    { textDocument: { uri }, range: finding.range, context: { diagnostics: [finding] } });
  const fix = actions.find((a) => a.isPreferred && a.diagnostics[0].code === finding.code);
  const [change] = fix.edit.documentChanges;
  assert.ok(lsp.TextDocumentEdit.is(change) && change.textDocument.version === 1);
  const mended = apply(text, change.edits);
  assert.strictEqual(mended, text.replace('privileged: true', 'privileged: false'));

  await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type,
    { textDocument: { uri, version: 2 }, contentChanges: change.edits.map((e) => ({ range: e.range, text: e.newText })) });
  assert.ok(!has(await diagnostics(2)));

  await assert.rejects(connection.sendRequest('workspace/unknown', {}),
    (error) => error.code === lsp.ErrorCodes.MethodNotFound);
  await connection.sendRequest(lsp.ShutdownRequest.type);
  await connection.sendNotification(lsp.ExitNotification.type);
  assert.strictEqual(await left, 0);
  connection.dispose();
}

main(process.argv[2]).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
