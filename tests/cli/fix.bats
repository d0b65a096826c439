load helper

put_pod() {
    cat >pod.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: a}   # ours
spec:
  containers:
    - name: web
      image: nginx:1.27
      securityContext:
        privileged: true   # for now
END
}

@test "--fix mends what has a plain edit, and keeps comments and layout" {
    put_pod
    printf 'FROM debian:12\nADD app.js /app/\n' >Dockerfile
    run "$plimsoll" scan . --fix
    [ "$status" -eq 0 ]
    [[ $output == *"mended"* ]]
    grep -q '^COPY app.js /app/$' Dockerfile
    grep -q '^metadata: {name: a}   # ours$' pod.yaml
    ! grep -q 'privileged: true' pod.yaml
    run "$plimsoll" scan .
    [[ $output != *"PLM-K8S-PSS-PRIVILEGED"* ]]
}

@test "--fix --dry-run shows the change and writes nothing" {
    put_pod
    cp pod.yaml before.txt
    run "$plimsoll" scan . --fix --dry-run
    [[ $output == *"-        privileged: true"* ]]
    cmp pod.yaml before.txt
}

@test "an editor sees a finding, applies its fix, and the finding is gone" {
    put_pod
    python3 - "$plimsoll" <<'END'
import json
import subprocess
import sys

server = subprocess.Popen([sys.argv[1], "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
URI = "file:///work/pod.yaml"


def send(method, params, number=None):
    message = {"jsonrpc": "2.0", "method": method, "params": params, **({"id": number} if number else {})}
    data = json.dumps(message).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
    server.stdin.flush()


def receive(wanted):
    while True:
        length = 0
        while (line := server.stdout.readline().strip()):
            name, value = line.split(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message = json.loads(server.stdout.read(length))
        if wanted(message):
            return message


def diagnostics():
    message = receive(lambda m: m.get("method") == "textDocument/publishDiagnostics")
    return message["params"]["diagnostics"]


text = open("pod.yaml").read()
send("initialize", {"capabilities": {}}, 1)
assert receive(lambda m: m.get("id") == 1)["result"]["capabilities"]["codeActionProvider"]
send("initialized", {})
send("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "yaml", "version": 1, "text": text}})
found = [d for d in diagnostics() if d["code"] == "PLM-K8S-PSS-PRIVILEGED"]
assert len(found) == 1 and found[0]["range"]["start"]["line"] == 8, found
send("textDocument/hover", {"textDocument": {"uri": URI}, "position": found[0]["range"]["start"]}, 2)
assert "PLM-K8S-PSS-PRIVILEGED" in json.dumps(receive(lambda m: m.get("id") == 2)["result"])
send("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": found[0]["range"],
                                 "context": {"diagnostics": found}}, 3)
actions = receive(lambda m: m.get("id") == 3)["result"]
fix = [a for a in actions if a["title"].startswith("PLM-K8S-PSS-PRIVILEGED")][0]
edit = fix["edit"]["changes"][URI][0]
send("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2},
                                "contentChanges": [{"range": edit["range"], "text": edit["newText"]}]})
assert not [d for d in diagnostics() if d["code"] == "PLM-K8S-PSS-PRIVILEGED"]
send("shutdown", None, 4)
receive(lambda m: m.get("id") == 4)
send("exit", None)
assert server.wait(10) == 0
END
}
