/**
 * A step of a shared library (folder deploy/jenkins of the repository as its library path); the agent has the Debian
 * package of plimsoll.
 *
 *   plimsoll target: 'image:shop/web:2', failOn: 'high', reports: ['sarif=plimsoll.sarif'], args: ['--ignore-unfixed']
 *
 * Blocked findings fail the build, or make it unstable with `unstable: true`; wrong use and input that could not be read
 * fail it always. Gives the exit code.
 */
def call(Map options = [:]) {
    def reports = options.reports ?: ['sarif=plimsoll.sarif']
    def code = 0
    withEnv([
        "PLIMSOLL_CI_TARGET=${options.target ?: '.'}",
        "PLIMSOLL_CI_FAIL_ON=${options.failOn ?: ''}",
        "PLIMSOLL_CI_REPORTS=${reports.join('\n')}",
        "PLIMSOLL_CI_ARGS=${(options.args ?: []).join('\n')}",
    ]) {
        code = sh(label: 'plimsoll', returnStatus: true, script: 'plimsoll-ci scan')
    }
    archiveArtifacts(allowEmptyArchive: true, artifacts: reports.collect { it.substring(it.indexOf('=') + 1) }.join(','))
    if (code == 1 && options.unstable) {
        unstable('plimsoll found what blocks')
    } else if (code != 0) {
        error(code == 1 ? 'plimsoll found what blocks' : "plimsoll ended with ${code}: see its output")
    }
    return code
}
