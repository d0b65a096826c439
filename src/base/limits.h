/* Every cap of the program, with its reason. A buffer has its cap from birth; none is "large enough".
 *
 * Sizes are bytes unless the name says otherwise. */
#ifndef PLIMSOLL_BASE_LIMITS_H
#define PLIMSOLL_BASE_LIMITS_H

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* ---- Documents */

/* Depth of nested values in JSON, YAML and TOML: real files stay below 100; deeper ones aim at the stack. */
#define LIMIT_DOC_DEPTH 512

/* Commas and brackets in one line of YAML: libfyaml holds some 500 bytes for each until the line ends,
 * because all of it may turn out to be a key. */
#define LIMIT_YAML_FLOW_LINE 250000

/* %TAG lines in one YAML stream: libfyaml compares each with all others. */
#define LIMIT_YAML_TAG_LINES 1000

/* Members that the merge keys ("<<") of one YAML stream may copy: each costs its writer a few bytes and
 * us 32. Real files stay below a few thousand. */
#define LIMIT_YAML_MERGED 1000000

/* One parsed document with all its values. The largest lockfiles seen are about 40 MB of text. */
#define LIMIT_DOC_BYTES (160 * MIB)

/* What an inspector makes of one file: its document, and of a lockfile the graph of what needs what, some 300
 * bytes a package. */
#define LIMIT_INSPECTION (LIMIT_DOC_BYTES + 96 * MIB)

/* ---- Expressions (CEL) */

/* The text of one expression: Kubernetes refuses policies above 1 MiB in all; ours have a few hundred bytes.
 */
#define LIMIT_CEL_TEXT (256 * KIB)

/* Nesting of an expression's tree: what people write stays below 30; walks over the tree recurse. */
#define LIMIT_CEL_DEPTH 500

/* Nesting of a type in a signature, and of one that the checker infers. */
#define LIMIT_CEL_TYPE_DEPTH 64

/* Types that the checker looks at for one expression; what people write stays below some thousands. */
#define LIMIT_CEL_TYPE_STEPS 1000000

/* The compiled form of one expression: some 20 bytes for each of its text. */
#define LIMIT_CEL_BLOCK (16 * MIB)

/* Compiled patterns that one thread keeps between evaluations. */
#define LIMIT_CEL_CACHE          (32 * MIB)
#define LIMIT_CEL_CACHE_PATTERNS 256

/* Steps of one evaluation when its caller sets no other budget: about a second. A check over a large
 * manifest takes some thousands. */
#define LIMIT_CEL_STEPS ((uint64_t)100 * 1000 * 1000)

/* A string or list that an expression makes. */
#define LIMIT_CEL_VALUE (64 * MIB)
/* ---- Values of CEL */

/* One time zone file: the largest of the IANA database have 4 KB, with some 240 transitions. */
#define LIMIT_TZIF       (256 * KIB)
#define LIMIT_TZIF_TIMES 10000

/* Time zones that are held at once: the database has some 600 names of at most 32 bytes, and all of them take
 * 2 MB. */
#define LIMIT_ZONES       1024
#define LIMIT_ZONES_BYTES (16 * MIB)
#define LIMIT_ZONE_NAME   64

/* Parameters of one URL; Go's net/url gives none at all for more. */
#define LIMIT_URL_PARAMETERS 10000
/* The new text of one edit: a fix adds a few lines. */
#define LIMIT_EDIT           (64 * KIB)

/* Values that are compared to prove one edit: more than a file of some 40 MB has, but no alias bomb. */
#define LIMIT_EDIT_COMPARED 4000000
/* ---- What templates and manifests declare */

/* Trees of packed documents that are kept at once, so that what is asked for again soon is still there. */
#define LIMIT_RESOURCE_TREES MIB

/* Resources of one target: the manifests of a very large company are some 50,000 objects. */
#define LIMIT_RESOURCES 1000000

/* Edges between them: every Service may select every Pod, and ten a resource is what real ones have. */
#define LIMIT_RESOURCE_EDGES 2000000

/* Values and workloads looked at while edges are found, in all: few names in a text can be made into many. */
#define LIMIT_RESOURCE_STEPS 50000000

/* One string of a compose file with its variables put in, and defaults inside of defaults. */
#define LIMIT_COMPOSE_TEXT    MIB
#define LIMIT_COMPOSE_NESTING 32

/* Values of one compose project, aliases counted each time they stand: large projects have some 20,000. */
#define LIMIT_COMPOSE_VALUES 1000000

/* Files of one compose project, and services that extend one another. */
#define LIMIT_COMPOSE_FILES 256
#define LIMIT_COMPOSE_CHAIN 64

/* Ports that one range may stand for: all there are. */
#define LIMIT_COMPOSE_PORTS 65536

/* Kubernetes lists in lists: `kubectl get -o yaml` writes one level. */
#define LIMIT_LIST_DEPTH 8

/* Values of one Kubernetes object that are looked through for nulls; etcd takes objects of 1.5 MiB. */
#define LIMIT_OBJECT_VALUES 2000000
/* Quotes and brackets that are open at once in a word of shell text: people stop at five. */
#define LIMIT_SHELL_OPEN    64

/* Wrappers in front of one command (sudo env nice ...); each gives a command of its own. */
#define LIMIT_SHELL_WRAPPERS 8

/* Heredocs that one line of shell text or one instruction opens; people write at most three. */
#define LIMIT_HEREDOCS 64

/* Bytes and steps that expanding the variables of one Dockerfile may cost: ENV lines that double a value
 * reach any size. */
#define LIMIT_DOCKERFILE_EXPANSION (32 * MIB)

/* One value of a variable: Linux refuses longer ones (MAX_ARG_STRLEN). */
#define LIMIT_DOCKERFILE_VALUE (128 * KIB)

/* ${a:-${b:-...}} inside each other. */
#define LIMIT_DOCKERFILE_BRACES 16

/* Stages that build on each other: real files have five. */
#define LIMIT_DOCKERFILE_PARENTS 256

/* ---- Images and layers */

/* Linux refuses longer paths (PATH_MAX), so an archive that has one was not made by extracting it. */
#define LIMIT_PATH 4096

/* Image manifests, indexes and configurations; registries refuse manifests above 4 MiB. */
#define LIMIT_MANIFEST (4 * MIB)

/* Layers of one image: engines stop at 127; BuildKit images reach a few hundred. */
#define LIMIT_LAYERS 1024

/* One file of an artifact, as it comes from a registry: packs of checks have some 100 KB. */
#define LIMIT_ARTIFACT_BLOB (64 * MIB)

/* Manifests or documents that are attached to one image, and pages of the list of them: builds attach a
 * handful, years of rebuilds of an index some dozens. */
#define LIMIT_ATTACHMENTS    256
#define LIMIT_REFERRER_PAGES 32

/* The list of images or layers of a local storage: some 2 KB for each image; a build machine has thousands.
 */
#define LIMIT_STORAGE_LIST (64 * MIB)

/* An index may point at an index; nobody nests deeper than two. */
#define LIMIT_INDEX_DEPTH 4

/* A layer may unpack to this many times its size once it is past LIMIT_BOMB_FLOOR. Deflate reaches
 * 1,032 on zeros; real layers stay below 60. */
#define LIMIT_BOMB_RATIO 250
#define LIMIT_BOMB_FLOOR GIB

/* The window of a zstd or xz stream: what `zstd --long` and `xz -9` use at most without further options. */
#define LIMIT_WINDOW_LOG 27
#define LIMIT_WINDOW     ((size_t)1 << LIMIT_WINDOW_LOG)

/* The pax or long-name header of one tar entry; real ones are below 1 KiB, with attributes a few KiB. */
#define LIMIT_PAX MIB

/* Extension headers in front of one tar entry; writers use at most three. */
#define LIMIT_TAR_EXTENSIONS 32

/* Pieces of one sparse file in a tar archive: 4 MiB of map. */
#define LIMIT_SPARSE ((size_t)256 * 1024)

/* ---- Caged readers */

/* Seconds in which a reader must come on by one block (256 KiB) of what it reads, outside of the steps that
 * have clocks of their own. Slow disks give a block in far less than one. */
#define LIMIT_STALL_SECONDS 60

/* ---- Files and facts */

/* A Dockerfile or manifest. Kubernetes takes objects up to 1.5 MiB; files with many reach some ten MiB. */
#define LIMIT_DOCUMENT (16 * MIB)

/* One file that an inspector wants whole: package databases and lockfiles. */
#define LIMIT_BODY (64 * MIB)

/* Executables above this are spooled to a file instead of memory; two readers fit in 100 MB. */
#define LIMIT_BODY_IN_MEMORY (16 * MIB)

/* An executable that is read at all. */
#define LIMIT_EXECUTABLE (2 * GIB)

/* One field of an installed package: names stay below 200 bytes, the longest licence texts reach a few
 * thousand. */
#define LIMIT_FIELD 8192

/* Licences that one Debian copyright file names: the largest have some hundred. */
#define LIMIT_DEBIAN_LICENCES 256

/* Packages that provide one virtual package and are installed: real roots have up to five. */
#define LIMIT_PROVIDERS 16

/* What one installed package needs: meta packages name a few hundred. */
#define LIMIT_NEEDS 4096

/* Capabilities that all packages of one rpm database require and provide: some 40 for each, and some thousand
 * for one with modules of a kernel. */
#define LIMIT_RPM_CAPABILITIES 4000000
/* Names and versions of what one package needs: the largest have some hundred. All must fit a record. */
#define LIMIT_NEEDS_BYTES      (4 * MIB)

/* Bytes of the keys that are looked up while the needs of one lockfile are resolved through nested folders:
 * real ones take some 20 MB. */
#define LIMIT_LOCK_LOOKUPS (256 * MIB)

/* Folders above a package in which a need of it is looked for: npm nests some ten deep. */
#define LIMIT_LOCK_NESTING 64

/* Folders with files of one rpm package; trees of kernel headers have about ten thousand. */
#define LIMIT_RPM_FOLDERS (1024 * KIB)

/* Bytes of one layer's files that are read and are not in its stream: holes of sparse files, and files that
 * are read again under the names of their hard links. A tar of some KiB can claim any number of them. */
#define LIMIT_HOLES GIB

/* Facts of one layer on their way out of the cage. */
#define LIMIT_FACTS (256 * MIB)

/* One record between two of our processes. */
#define LIMIT_RECORD (16 * MIB)

/* Section headers, section names and program headers of one executable, each: 2^18 sections are more than a
 * kernel with a section for each function has. */
#define LIMIT_ELF_TABLE (16 * MIB)

/* A Go executable's build information, and the function names in it. */
#define LIMIT_GO_BUILDINFO (4 * MIB)
#define LIMIT_GO_NAMES     (64 * MIB)

/* Import paths that are linked into one executable. All of them must fit a record. */
#define LIMIT_GO_LINKED       32768
#define LIMIT_GO_LINKED_BYTES (4 * MIB)

/* The list of crates in an executable, unpacked. */
#define LIMIT_CARGO_AUDIT (8 * MIB)

/* Java archives inside each other: a servlet's jar in a war in an ear is three. */
#define LIMIT_ARCHIVE_DEPTH 8

/* What reading one archive with all inside of it may cost: members looked at, archives in it, bytes unpacked
 * in all, and those held at once. The largest application servers have some 2,000 archives in one. */
#define LIMIT_ARCHIVE_MEMBERS  2000000
#define LIMIT_ARCHIVE_NESTED   20000
#define LIMIT_ARCHIVE_UNPACKED GIB
#define LIMIT_ARCHIVE_HELD     (96 * MIB)

/* A manifest or pom.properties: signed archives list each class in the former. */
#define LIMIT_ARCHIVE_TEXT (8 * MIB)

/* Packages of one target, each with its place: the largest images have some 20,000, a folder with all the
 * lockfiles of a large company some 100,000. Each costs about 1 KB until it is in a report. */
#define LIMIT_PACKAGES 200000

/* Their names, versions, paths and other texts: some 100 bytes each; Go's import paths a few MB in all. */
#define LIMIT_PACKAGES_BYTES (48 * MIB)

/* Packages that later layers take away: an upgrade of a whole distribution replaces some thousands. */
#define LIMIT_REMOVED 20000

/* Problems kept by place; the rest is only counted. */
#define LIMIT_PROBLEMS 1000

/* Entries of one layer whose headers are kept for checks, of each kind: images have some 30 set-id files and
 * some hundred tools; what is more is a mistake of the whole layer, which the first ones show. */
#define LIMIT_NOTABLES 4096

/* A file whose bytes count as wasted when a later layer hides it: below, the path costs more than it tells.
 */
#define LIMIT_WASTE_FROM MIB

/* Folders of caches and tools that one layer counts apart: a cache has some hundred files in its own folder.
 * The rest counts as one. */
#define LIMIT_TREES 4096

/* ---- Fetching */

/* Requests that plimsoll-fetch holds at once: every layer of an image, and the next image's beside them. */
#define LIMIT_FETCH_REQUESTS (2 * LIMIT_LAYERS)

/* One packet to or from another of our programs. */
#define LIMIT_PACKET (64 * KIB)

/* One record to or from plimsoll-fetch, sent as one packet: a few names and one message. */
#define LIMIT_FETCH_RECORD LIMIT_PACKET

/* Redirects of one download: a registry sends to its store, that to a mirror; a circle ends here. */
#define LIMIT_REDIRECTS 10

/* Header lines of one HTTP answer that are kept; servers of registries send about 2 KiB. */
#define LIMIT_HTTP_HEADERS (64 * KIB)

/* An HTTP answer that is no body asked for: a token (2 to 8 KiB) or the words of a refusal. */
#define LIMIT_HTTP_ANSWER (256 * KIB)

/* Docker's config.json: a few hundred bytes a registry; also what a credential helper may print. */
#define LIMIT_DOCKER_CONFIG MIB

/* ---- Git */

/* Files of one commit's tree: the largest repositories have some 500,000. Trees share their parts, so that a
 * few objects can claim any number. */
#define LIMIT_GIT_ENTRIES 1000000

/* Their names as they are kept: some 60 bytes each. */
#define LIMIT_GIT_NAMES (512 * MIB)

/* Folders in folders, as when a folder is walked. */
#define LIMIT_GIT_DEPTH 256

/* One object that is read: git holds it in memory, and one that it is a difference to beside it. */
#define LIMIT_GIT_OBJECT (256 * MIB)

/* Private memory of plimsoll-git. */
#define LIMIT_GIT_MEMORY GIB

/* Refs that are looked at for one that was probably meant, or for the commits that they name. */
#define LIMIT_GIT_REFS 100000

/* Commits of a history, and different contents that they hold: Linux has some 1.4 and 6 million of each, and
 * the next largest public ones a third of that. Some 100 bytes each are kept. */
#define LIMIT_GIT_COMMITS 2000000
#define LIMIT_GIT_BLOBS   4000000

/* Entries of trees that a history may change in all, and bytes of contents that are read of it: about time.
 * Objects are stored as differences, so a small pack can claim any number of either. */
#define LIMIT_GIT_CHANGES 100000000
#define LIMIT_GIT_BYTES   (256 * GIB)

/* Contents that are read at a time: half of them are looked through while the next half comes. */
#define LIMIT_GIT_BATCH (16 * MIB)

/* ---- Advisories */

/* One advisory as JSON, and as it leaves the cage. The largest of the OSV export are below 8 MB. */
#define LIMIT_OSV_RECORD LIMIT_RECORD

/* What all advisories say of one package: the kernel of one release, ten thousand times, takes 100 KB. */
#define LIMIT_PACKAGE_ADVISORIES (256 * MIB)

/* Ids, package names, versions, symbols in advisories. The longest seen have about 250 bytes. */
#define LIMIT_OSV_WORD 2048

/* An id that becomes the name of a file; file systems take 255 bytes, with ".json". */
#define LIMIT_OSV_ID 200

/* Text for people that reports show on one line. */
#define LIMIT_OSV_SUMMARY 512

/* Ids of one vulnerability. Errata of distributions name up to a few hundred. */
#define LIMIT_OSV_ALIASES 2048

/* Affected packages, versions or events in one advisory; a kernel's record names some ten thousand. */
#define LIMIT_OSV_LIST 65536

/* EPSS and the catalogue of exploited vulnerabilities, unpacked: today 10 MB and 2 MB. */
#define LIMIT_FEED (256 * MIB)

/* A vendor's feed, unpacked: Oracle's definitions have some 300 MB, Debian's tracker 70 MB. */
#define LIMIT_VENDOR_FEED (640 * MIB)

/* Answers of the advisory database that are kept for the next package of the same source. An image of a
 * distribution has some hundred, a kernel's are 2 MiB. */
#define LIMIT_ANSWERS_BYTES (8 * MIB)

/* Changed advisories that are parsed together: thousands of usual size. */
#define LIMIT_UPDATE_BATCH (16 * MIB)

/* The ids of all advisories while a database is updated: about 150 bytes for each of some 500,000. */
#define LIMIT_UPDATE (512 * MIB)

/* What two databases say differently: some 400 bytes for each of 500,000 advisories, and the packages of
 * those that differ. */
#define LIMIT_COMPARISON (2 * GIB)

/* A database that is imported, unpacked: the whole public export makes some 600 MB. */
#define LIMIT_DATABASE (8 * GIB)

/* One ecosystem's all.zip: the largest of the public export has some 300 MB. */
#define LIMIT_OSV_ZIP (4 * GIB)

/* modified_id.csv: some 50 bytes for each of at most 300,000 advisories. */
#define LIMIT_OSV_CHANGES (256 * MIB)

/* Ecosystems in one export: today some 40, with one for each release of a distribution some 300. */
#define LIMIT_ECOSYSTEMS 4096

/* The central directory of an archive that lies in a file: some 100 bytes for each member. */
#define LIMIT_ZIP_DIRECTORY (32 * MIB)

/* Members of one ecosystem's all.zip: the largest has some 220,000. */
#define LIMIT_ZIP_MEMBERS 2000000

/* ---- Regular expressions */

/* Instructions and ranges of one compiled pattern: what RE2 allows with its usual 8 MiB. Hand-written
 * patterns stay below a few thousand. */
#define LIMIT_REGEX_SIZE 350000

/* x{n,m} goes no higher, also multiplied over nesting, as in RE2. */
#define LIMIT_REGEX_REPEAT 1000

/* Nested groups, as in RE2. */
#define LIMIT_REGEX_DEPTH 1000

/* A pattern while it is compiled and afterwards: some 200 bytes for each of LIMIT_REGEX_SIZE. */
#define LIMIT_REGEX_BYTES (64 * MIB)

/* Working memory of one match: threads with their spans. The automaton may take LIMIT_REGEX_STATES of it and
 * begins anew past that, so that a hostile text can't fill the memory. */
#define LIMIT_REGEX_MATCH_BYTES (64 * MIB)
#define LIMIT_REGEX_STATES      MIB

/* ---- Reports */

/* One run as a report reads it: a million findings with their packages take about 900 MB. */
#define LIMIT_REPORT_VIEW (2 * GIB)

/* Findings that a report holds whole, about 1 KB each; the others are read again where they are shown. */
#define LIMIT_REPORT_KEPT 20000

/* The findings that it reads at once: 64 records at their largest. */
#define LIMIT_REPORT_BATCH GIB

/* GitHub takes 25,000 results of a SARIF run, in 10 MB of gzip: of this writer's text, whose keys and paths
 * repeat, gzip leaves a tenth at the very most. */
#define LIMIT_SARIF_RESULTS 25000
#define LIMIT_SARIF_BYTES   (96 * MIB)

/* A user's template of a report: its text, its parts, its blocks in blocks, the names that these give, what
 * it may ask in all (a million findings with dozens of values each) and what one expression may cost. */
#define LIMIT_TEMPLATE           (256 * KIB)
#define LIMIT_TEMPLATE_PARTS     10000
#define LIMIT_TEMPLATE_DEPTH     32
#define LIMIT_TEMPLATE_VARIABLES 48
#define LIMIT_TEMPLATE_STEPS     100000000
#define LIMIT_TEMPLATE_BUDGET    ((uint64_t)10 * 1000 * 1000)

/* A report on its way out: the largest is JSON, about 1 KB a finding. */
#define LIMIT_REPORT (2 * GIB)

/* ---- Secrets */

/* Text of one file that is looked through for secrets: it flows by, so this is about time, not memory. */
#define LIMIT_SECRET_TEXT GIB

/* Bytes before the end of a match that are looked at for its beginning: the longest tokens have 2 KB. */
#define LIMIT_SECRET_WIDTH 4096

/* A pattern that can match fewer bytes would find everything. */
#define LIMIT_SECRET_WIDTH_MIN 6

/* Places of one file that may be secrets, and secrets that are told of one: a file with more is a list of
 * test data, or made to cost time. */
#define LIMIT_SECRET_CANDIDATES 20000
#define LIMIT_SECRETS           1000

/* Secrets of one target that are kept. */
#define LIMIT_SECRETS_TARGET 20000

/* Rules of a user, and their compiled patterns. */
#define LIMIT_SECRET_RULES    1000
#define LIMIT_SECRET_DATABASE (64 * MIB)

/* ---- Policy */

/* The programs of all checks, found in the environment: some kilobytes each. */
#define LIMIT_POLICY_PROGRAMS (64 * MIB)

/* Files of one pack, and the size of one: ours have some hundred checks in some dozen files. */
#define LIMIT_PACK_FILES 10000
#define LIMIT_PACK_FILE  (16 * MIB)

/* Items of one list in an admission policy; Kubernetes allows 64 match conditions and 20 annotations, and
 * what people write stays below 50. */
#define LIMIT_VAP_LIST 1000

/* Steps of one expression of an admission policy: Kubernetes' RuntimeCELCostBudget. */
#define LIMIT_VAP_STEPS ((uint64_t)10 * 1000 * 1000)

/* The message that a messageExpression may give, as in Kubernetes. */
#define LIMIT_VAP_MESSAGE (5 * KIB)

/* Judgements (a policy by a binding and a parameter on an object) of one run. */
#define LIMIT_VAP_JUDGEMENTS 10000000

/* Values that are looked at to find the place of one finding. */
#define LIMIT_VAP_PLACE_STEPS 100000

/* Items of one `each`: the longest lists of real objects have some thousands. */
#define LIMIT_POLICY_ITEMS 10000

/* What one check may make while it is evaluated on one resource. */
#define LIMIT_POLICY_WORK (64 * MIB)

/* The lists of items of one resource, which checks have in common: twelve of LIMIT_POLICY_ITEMS are 3 MB. */
#define LIMIT_POLICY_LISTED (4 * LIMIT_POLICY_WORK)

/* .plimsoll.yaml and other files of guardrails: a few kilobytes. */
#define LIMIT_CONFIG MIB

/* A table of base images: its bytes, its entries, and the packages of one. A base with 400 packages takes 30
 * KiB, and the largest official images have some 1,500. */
#define LIMIT_BASES_FILE    (8 * MIB)
#define LIMIT_BASES         1000
#define LIMIT_BASE_PACKAGES 20000

/* What a newer base brings, listed; all of it is counted. */
#define LIMIT_REBUILD_APPEARING 500

/* Rules, and exceptions, of one file; bytes of an exception's glob; and the steps that one rule may take on
 * one finding, where ours take some dozen: the folder that is scanned may write its own. */
#define LIMIT_GUARDRAILS      1000
#define LIMIT_GUARDRAIL_GLOB  512
#define LIMIT_GUARDRAIL_STEPS 20000

/* Comments and annotations of one target that set findings aside; each is compared with each finding. */
#define LIMIT_SUPPRESSIONS 20000

/* A report as the base of another: about 1 KB a finding, its tree some times that, and 33 bytes of each are
 * kept. */
#define LIMIT_BASELINE_FILE (512 * MIB)
#define LIMIT_BASELINE_TREE ((size_t)4 * GIB)
#define LIMIT_BASELINE      (64 * MIB)

/* Why a finding was decided so, as JSON: a rule's words, and the rules that could not be asked. */
#define LIMIT_DECISION (64 * KIB)

/* ---- Fixes and editors */

/* Rounds of fixes on one file: each takes those that do not touch another. A container can have some ten on
 * the same line. */
#define LIMIT_FIX_ROUNDS 32

/* Fixes of one round, each proven by reading the file again. */
#define LIMIT_FIXES 256

/* Files of one target for which fixes are worked out for a report: some milliseconds each. */
#define LIMIT_FIX_FILES 2000

/* Findings for which that is done, the worst first: what the services that read such reports take at most. */
#define LIMIT_FIX_FINDINGS 25000

/* Values looked at to find one in a file: as LIMIT_EDIT_COMPARED. */
#define LIMIT_FIX_STEPS 4000000

/* Findings of one file that an editor is shown: nobody reads more, and clients grow slow. */
#define LIMIT_REVIEW_FINDINGS 1000

/* Lines that differ between two texts before the shortest difference is no longer looked for (memory grows
 * with the square), and the memory for it. */
#define LIMIT_DIFF       2000
#define LIMIT_DIFF_BYTES (256 * MIB)

/* One message of an editor: a file with all its text escaped, and its answer. */
#define LIMIT_LSP_MESSAGE (64 * MIB)

/* The header of one message: two lines. */
#define LIMIT_LSP_HEADER (4 * KIB)

/* Documents that an editor has open, and their text in all. */
#define LIMIT_LSP_DOCUMENTS 4096
#define LIMIT_LSP_TEXT      (256 * MIB)

#endif
