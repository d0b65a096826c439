#!/usr/bin/env bats
# Secrets in folders and images. Values are made here, by programs that know nothing of ours.
load helper

# A GitHub token with a right checksum, by zlib.
github_token() {
    python3 - "$1" <<'PY'
import random, sys, zlib
letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
random.seed(int(sys.argv[1]))
body = "".join(random.choice(letters) for _ in range(30))
n, digits = zlib.crc32(body.encode()), ""
while n:
    n, r = divmod(n, 62)
    digits = letters[r] + digits
print("gh" + "p_" + body + digits.rjust(6, "0"))
PY
}

# An archive as `docker save` writes it: the first layer has a token, the second deletes its file.
put_image() {
    TOKEN=$(github_token 5) python3 - "$1" <<'PY'
import hashlib, io, json, os, sys, tarfile
token = os.environ["TOKEN"]

def layer(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()

layers = [layer([("app/token.txt", f"token={token}\n".encode()), ("app/keep.txt", b"nothing here\n")]),
          layer([("app/.wh.token.txt", b"")])]
config = json.dumps({
    "architecture": "amd64", "os": "linux",
    "config": {"Env": ["PATH=/bin", "DB_PASSWORD=" + "".join(reversed("4kT9xQ2mZ8wL1p"))]},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(l).hexdigest() for l in layers]},
    "history": [{"created_by": "COPY app /app"}, {"created_by": "RUN rm /app/token.txt"}]}).encode()
name = hashlib.sha256(config).hexdigest() + ".json"
manifest = json.dumps([{"Config": name, "RepoTags": ["shop:1"], "Layers": ["0/layer.tar", "1/layer.tar"]}]).encode()
with tarfile.open(sys.argv[1], "w") as tar:
    for path, data in [("manifest.json", manifest), (name, config), ("0/layer.tar", layers[0]), ("1/layer.tar", layers[1])]:
        info = tarfile.TarInfo(path)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
PY
}

# field EXPRESSION: of the JSON report on standard input, d; f are the secrets.
field() {
    python3 -c "import json,sys; d=json.load(sys.stdin); f=[x for x in d['findings'] if x['kind']=='secret']; print($1)"
}

@test "a token in a folder is found at its line, and its value is nowhere in the reports" {
    mkdir app
    token=$(github_token 1)
    printf '# settings\ntoken = "%s"\n' "$token" >app/settings.py
    for format in human json sarif; do
        run "$plimsoll" scan app --all -f $format
        [ "$status" -eq 0 ]
        [[ "$output" != *"${token:6}"* ]]
    done
    "$plimsoll" scan app -f json >out.json
    [ "$(field "[(x['rule'],x['path'],x['line'],x['column'],x['secret']['proof']) for x in f]" <out.json)" = \
        "[('secret-github-personal', 'settings.py', 2, 10, 'its checksum is right')]" ]
    ! grep -rq "${token:6}" "$PLIMSOLL_CACHE" "$PLIMSOLL_STATE"
}

@test "a token with a wrong checksum is none" {
    mkdir app
    token=$(github_token 1)
    printf 'token = "%s"\n' "${token:0:39}_" | tr _ 0 | sed 's/ghp0/ghp_/' >app/settings.py
    run "$plimsoll" scan app -f json
    [ "$(echo "$output" | sed -n '/^{/,$p' | field "len([x for x in f if 'github' in x['rule']])")" = 0 ]
}

@test "--no-secrets looks for none" {
    mkdir app
    printf 'token = "%s"\n' "$(github_token 1)" >app/settings.py
    "$plimsoll" scan app --no-secrets -f json >out.json
    [ "$(field "len(f)" <out.json)" = 0 ]
}

@test "a layer's token that a later layer deletes is found, and so is a password in the environment" {
    put_image image.tar
    for round in fresh cached; do
        "$plimsoll" scan docker-archive:image.tar -f json >out.json
        [ "$(field "[(x['path'],x['layer'],x['secret']['hidden_by_layer']) for x in f if x['path']]" <out.json)" = \
            "[('app/token.txt', 1, 2)]" ]
        [ "$(field "[(x['rule'],x['item']) for x in f if not x['path']]" <out.json)" = \
            "[('secret-dotenv', 'env DB_PASSWORD')]" ]
    done
    run "$plimsoll" scan docker-archive:image.tar --all
    [[ "$output" == *"layer 2 deletes or replaces the file, but it is still in the image"* ]]
}

@test "archives are opened, also those in others, in folders and in layers" {
    mkdir -p app/in/b
    token=$(github_token 1)
    printf '# settings\n\ntoken = "%s"\n' "$token" >app/in/b/c.env
    python3 - app <<'PY'
import gzip, io, os, sys, tarfile, zipfile
os.chdir(sys.argv[1])
text = open("in/b/c.env", "rb").read()

def zipped(name, data, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(name, data)
    return out.getvalue()

def tarred(name, data, how):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=how) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()

a = zipped("b/c.env", text)
for name, data in (("a.zip", a), ("stored.war", zipped("c.env", text, zipfile.ZIP_STORED)), ("t.tgz", tarred("c.env", text, "w:gz")),
                   ("x.tar.xz", tarred("x/a.zip", a, "w:xz")), ("n.jar", zipped("lib/a.zip", a)), ("plain.tar", tarred("c.env", text, "w")),
                   ("dump.sql.gz", gzip.compress(text)), ("none.zip", b"no archive"), ("none.gz", b"no archive"), ("logo.zip", zipped("logo.png", text))):
    open(name, "wb").write(data)
PY
    tar -C app/in --zstd -cf app/z.tar.zst b
    zstd -q app/in/b/c.env -o app/w.log.zst
    rm -r app/in
    expected="['a.zip!/b/c.env', 'dump.sql.gz!/dump.sql', 'n.jar!/lib/a.zip!/b/c.env', 'plain.tar!/c.env', 'stored.war!/c.env', 't.tgz!/c.env', 'w.log.zst!/w.log', 'x.tar.xz!/x/a.zip!/b/c.env', 'z.tar.zst!/b/c.env']"
    "$plimsoll" scan app -f json >out.json
    [ "$(field "sorted(x['path'] for x in f)" <out.json)" = "$expected" ]
    [ "$(field "{x['line'] for x in f}" <out.json)" = "{3}" ]
    (cd app && git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -q -m x && git rm -q a.zip &&
        git -c user.name=a -c user.email=a@b commit -q -m y)
    "$plimsoll" scan git:app --history -f json >out.json
    [ "$(field "sorted(x['path'] for x in f)" <out.json)" = "$expected" ]
    [ "$(field "[x['path'] for x in f if not x['secret']['history']['is_in_head']]" <out.json)" = "['a.zip!/b/c.env']" ]
    printf 'secrets:\n  allow:\n    paths: ["n.jar*", "*.tar*", "*.war*", "*.tgz*", "*.sql.gz*", "*.zst*"]\n' >app/.plimsoll.yaml
    "$plimsoll" scan app -f json >out.json
    [ "$(field "sorted(x['path'] for x in f if x['status'] == 'open')" <out.json)" = "[]" ]
}

@test "the same value has the same hash, and under another key another" {
    mkdir app
    printf 'token = "%s"\n' "$(github_token 1)" | tee app/a.py >app/b.py
    "$plimsoll" scan app -f json >out.json
    [ "$(field "len({x['secret']['hash'] for x in f})" <out.json)" = 1 ]
    [ "$(field "len({x['fingerprint'] for x in f})" <out.json)" = 2 ]
    head -c 64 /dev/urandom >key
    "$plimsoll" scan app -f json --secrets-key key >other.json
    [ "$(field "f[0]['secret']['hash']" <out.json)" != "$(field "f[0]['secret']['hash']" <other.json)" ]
    PLIMSOLL_STATE=$work/elsewhere "$plimsoll" scan app -f json --secrets-key key >again.json
    [ "$(field "f[0]['fingerprint']" <again.json)" = "$(field "f[0]['fingerprint']" <other.json)" ]
}

@test "what .plimsoll.yaml allows and what a comment ignores is suppressed, not lost" {
    mkdir -p app/old
    printf 'token = "%s"\n' "$(github_token 1)" >app/old/a.py
    printf '# plimsoll:ignore secret-github-personal reason="revoked in May"\ntoken = "%s"\n' "$(github_token 2)" >app/b.py
    printf 'secrets:\n  allow:\n    paths: ["old/*"]\n' >app/.plimsoll.yaml
    "$plimsoll" scan app -f json --show-suppressed >out.json
    [ "$(field "sorted((x['path'],x['status']) for x in f)" <out.json)" = \
        "[('b.py', 'suppressed'), ('old/a.py', 'suppressed')]" ]
}

@test "a comment does not carry the value out" {
    mkdir app
    token=$(github_token 1)
    printf 'x # plimsoll:ignore secret-github-* token=%s\n' "$token" >app/a.py
    run "$plimsoll" scan app --all --show-suppressed -f json
    [[ "$output" != *"${token:6}"* ]]
}

@test "rules of one's own, from a file and from .plimsoll.yaml" {
    mkdir app
    printf 'a ACME-0123456789-X\nb SHOP_abcdefghi99\n' >app/a.txt
    printf -- '- id: acme-key\n  title: Key of Acme\n  severity: critical\n  pattern: "ACME-[0-9]{10}-X"\n' >rules.yaml
    cat >app/.plimsoll.yaml <<'YAML'
secrets:
  rules:
    - {id: shop-key, title: Key of the shop, severity: high, pattern: 'SHOP_[a-z]{9}[0-9]{2}'}
YAML
    "$plimsoll" scan app --secret-rules rules.yaml -f json >out.json
    [ "$(field "sorted((x['rule'],x['line']) for x in f)" <out.json)" = "[]" ] # what counts up is a placeholder
    printf 'a ACME-5820471639-X\nb SHOP_abkdefqhi99\n' >app/a.txt
    "$plimsoll" scan app --secret-rules rules.yaml -f json >out.json
    [ "$(field "sorted((x['rule'],x['line']) for x in f)" <out.json)" = "[('acme-key', 1), ('shop-key', 2)]" ]
}

@test "a wrong rule is told with its line and column" {
    mkdir app
    printf -- '- id: acme-key\n  title: Acme\n  severity: critical\n  pattern: "ACME(["\n' >rules.yaml
    run "$plimsoll" scan app --secret-rules rules.yaml
    [ "$status" -eq 2 ]
    [[ "$output" == *"rules.yaml:4:12: pattern: "* ]]
    printf -- '- id: acme-key\n  title: Acme\n  severity: critical\n  pattern: "A{1,900}(B{1,900}C{1,900}){1,900}"\n' >rules.yaml
    run "$plimsoll" scan app --secret-rules rules.yaml
    [ "$status" -eq 2 ]
    [[ "$output" == *"rules.yaml:"* ]]
    printf -- '- id: acme-key\n  title: Acme\n  severity: critical\n  patern: "ACME"\n' >rules.yaml
    run "$plimsoll" scan app --secret-rules rules.yaml
    [[ "$output" == *"Did you mean 'pattern'?"* ]]
}

@test "keys that openssl and ssh-keygen make are known, encrypted ones said so" {
    mkdir app
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out app/ec.pem 2>/dev/null
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes256 -pass pass:swordfish -out app/enc.pem 2>/dev/null
    openssl rsa -in <(openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 2>/dev/null) -aes128 -passout pass:swordfish -traditional -out app/old.pem 2>/dev/null
    printf -- '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' >app/none.pem
    if command -v ssh-keygen >/dev/null; then
        ssh-keygen -q -t ed25519 -N '' -f app/id_plain
        ssh-keygen -q -t ed25519 -N swordfish -f app/id_locked
    fi
    "$plimsoll" scan app -f json >out.json
    [ "$(field "sorted(x['path'] for x in f if 'encrypted' in x['secret']['proof'] and x['path'].endswith('.pem'))" <out.json)" = "['enc.pem', 'old.pem']" ]
    [ "$(field "[x['secret']['proof'] for x in f if x['path']=='ec.pem']" <out.json)" = "['a private key of 256 bits (EC) that can be read']" ]
    [ "$(field "'none.pem' in [x['path'] for x in f]" <out.json)" = False ]
    if command -v ssh-keygen >/dev/null; then
        [ "$(field "sorted((x['path'],x['severity']) for x in f if x['path'].startswith('id_'))" <out.json)" = \
            "[('id_locked', 'medium'), ('id_plain', 'high')]" ]
    fi
}
