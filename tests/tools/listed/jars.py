"""Archives of Maven's central repository: what our reader says of each must be its coordinates.

    jars.py LIST_FACTS      fetches them by mvn, and keeps nothing
"""
import subprocess
import sys
import tempfile

from common import run, write

COORDINATES = """
com.google.guava:guava:31.1-jre com.google.code.gson:gson:2.8.9 com.fasterxml.jackson.core:jackson-databind:2.13.4
org.slf4j:slf4j-api:1.7.36 ch.qos.logback:logback-classic:1.2.11 org.apache.commons:commons-lang3:3.12.0
commons-io:commons-io:2.11.0 org.springframework:spring-core:5.3.20 org.springframework:spring-web:6.0.0
org.springframework.boot:spring-boot:2.7.0 com.squareup.okhttp3:okhttp:4.9.3 com.squareup.okio:okio:2.8.0
org.jetbrains.kotlin:kotlin-stdlib:1.6.21 io.netty:netty-handler:4.1.77.Final org.hibernate:hibernate-core:5.6.9.Final
org.ow2.asm:asm:9.3 org.postgresql:postgresql:42.3.3 com.h2database:h2:2.1.210 mysql:mysql-connector-java:8.0.28
org.apache.logging.log4j:log4j-core:2.17.1 org.yaml:snakeyaml:1.30 org.junit.jupiter:junit-jupiter-api:5.8.2
org.mockito:mockito-core:4.5.1 net.bytebuddy:byte-buddy:1.12.10 io.micrometer:micrometer-core:1.9.0
io.projectreactor:reactor-core:3.4.18 org.eclipse.jetty:jetty-server:9.4.46.v20220331
org.apache.tomcat.embed:tomcat-embed-core:9.0.63 javax.servlet:javax.servlet-api:4.0.1 com.zaxxer:HikariCP:5.0.1
org.bouncycastle:bcprov-jdk15on:1.70 org.checkerframework:checker-qual:3.12.0 io.reactivex.rxjava2:rxjava:2.2.21
com.google.protobuf:protobuf-java:3.19.4
""".split()
ROW = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version><exclusions><exclusion>" \
      "<groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"


def named(list_facts, file):
    out = subprocess.run([list_facts, "java-archive", "lib/" + file.rsplit("/", 1)[1], file], capture_output=True,
                         text=True, check=True).stdout
    rows = [line.split("|") for line in out.splitlines() if line.startswith("package|")]
    return [f"{row[2]}:{row[3]}" for row in rows if "shaded" not in row[6]]


def main(list_facts):
    with tempfile.TemporaryDirectory() as folder:
        rows = "".join(ROW.format(*line.split(":")) for line in COORDINATES)
        write(folder, "pom.xml", "<project><modelVersion>4.0.0</modelVersion><groupId>t</groupId><artifactId>t"
              f"</artifactId><version>1</version><dependencies>{rows}</dependencies></project>")
        run("mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=out", cwd=folder)
        wrong = 0
        for line in COORDINATES:
            found = named(list_facts, folder + "/out/" + "-".join(line.split(":")[1:]) + ".jar")
            if found != [line]:
                wrong += 1
                print(f"{line}: named {found}")
    print(f"{len(COORDINATES) - wrong} of {len(COORDINATES)} are named by their coordinates")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
