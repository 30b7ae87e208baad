package io.jobrelay.promises.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/relay} finds its place and a Java, and hands on what it was given. The Java here is one that tells what it was called with. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    @TempDir
    private Path folder;
    private Path home;
    private Path java;

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(folder.toRealPath().resolve("the home"));
        Files.createDirectories(home.resolve("lib"));
        Files.createDirectories(home.resolve("bin"));
        executable(home.resolve("bin/relay"), Files.readString(Path.of("src/dist/bin/relay")));
        java = folder.resolve("jdk");
        Files.createDirectories(java.resolve("bin"));
        java("17.0.15");
    }

    /** What Java gets: the relay's own choice, and what follows it. */
    private static String[] options(String... more) {
        return Stream.concat(Stream.of("-Dfile.encoding=UTF-8", "-Djdk.nio.maxCachedBufferSize=131072", "-Xms32m", "-XX:GCTimeRatio=4", "-XX:MinHeapFreeRatio=20", "-XX:MaxHeapFreeRatio=40",
                "-XX:+ExitOnOutOfMemoryError", "-XX:OnOutOfMemoryError=umask 077 && mkdir -p data && : >data/out-of-memory"), Stream.of(more))
                .toArray(String[]::new);
    }

    /** A command that only looks has nothing in hand, and leaves nothing for the next start. */
    private static String[] optionsOfCommand(String... more) {
        return Stream.of(options(more)).filter(option -> !option.startsWith("-XX:OnOutOfMemoryError")).toArray(String[]::new);
    }

    @Test
    void options_go_to_java_untouched_and_after_those_of_the_environment() throws Exception {
        Run run = run(Map.of("JAVA_OPTS", "-Xmx64m  -Drelay.sinks=*"), home.resolve("bin/relay"), "-Drelay.x=a b", "-Dy='$HOME'");
        assertThat(run.out.lines()).containsExactly(options("-XX:+UseSerialGC", "-Xmx64m", "-Drelay.sinks=*", "-Drelay.x=a b", "-Dy='$HOME'",
                "-Djobrelay.home=" + home, "-cp", home + "/lib/*", "io.jobrelay.RelayApplication"));
        assertThat(run.status).as("Java's exit status is the relay's").isEqualTo(7);
    }

    @Test
    void a_small_heap_has_a_collector_that_moves_large_arrays_unless_one_is_named() throws Exception {
        for (String small : List.of("-Xmx128m", "-Xms8m -Xmx96M -Dx=1", "-Xmx1g -Xmx255m")) {
            assertThat(run(Map.of("JAVA_OPTS", small), home.resolve("bin/relay")).out).as(small).contains("\n-XX:+UseSerialGC\n");
        }
        for (String other : List.of("", "-Xmx256m", "-Xmx1g", "-Xmx2147483648", "-Xmx128m -XX:+UseG1GC", "-XX:+UseZGC -Xmx64m", "-Xmx64k", "-XmxNONSENSE")) {
            assertThat(run(Map.of("JAVA_OPTS", other), home.resolve("bin/relay")).out).as(other).doesNotContain("Serial").contains("RelayApplication");
        }
    }

    @Test
    void what_is_no_option_goes_to_the_relay() throws Exception {
        assertThat(run(Map.of(), home.resolve("bin/relay"), "--version", "-Dx=y").out.lines()).startsWith(options("-Dx=y"))
                .endsWith("--version");
        assertThat(run(Map.of(), home.resolve("bin/relay"), "audit", "-Dx=a b", "--json", "c d").out.lines()).startsWith(optionsOfCommand("-Dx=a b"))
                .endsWith("io.jobrelay.RelayApplication", "audit", "--json", "c d");
    }

    @Test
    void a_place_that_java_cannot_name_is_refused_in_a_sentence_whatever_is_asked_for() throws Exception {
        Path elsewhere = Files.createDirectories(folder.resolve("a:b/bin"));
        Path relay = Files.copy(home.resolve("bin/relay"), elsewhere.resolve("relay"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(folder.resolve("a:b/lib"));
        for (String command : new String[] {"run", "check"}) {
            Run run = run(Map.of(), relay, command);
            assertThat(run.status).isEqualTo(1);
            assertThat(run.err.lines()).singleElement().asString().contains("installed in", "a:b", "colon");
        }
    }

    @Test
    void links_lead_to_its_place() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("the home/bin/relay"));
        Path linkToLink = Files.createSymbolicLink(folder.resolve("link to link"), link);
        assertThat(run(Map.of(), linkToLink).out).contains("-Djobrelay.home=" + home + "\n");
    }

    @Test
    void an_old_or_missing_java_is_told_in_a_sentence() throws Exception {
        for (String version : List.of("11.0.2", "1.8.0_402", "9")) {
            java(version);
            Run run = run(Map.of(), home.resolve("bin/relay"));
            assertThat(run.status).isEqualTo(1);
            assertThat(run.out).isEmpty();
            assertThat(run.err.lines()).singleElement().asString().contains("Java 17", version, "JAVA_HOME");
        }
        assertThat(run(Map.of(), home.resolve("bin/relay"), "audit", "--json").status).as("not checked").isEqualTo(2);
        Run gone = run(Map.of("JAVA_HOME", folder.resolve("gone").toString()), home.resolve("bin/relay"));
        assertThat(gone.status).isEqualTo(1);
        assertThat(gone.err.lines()).singleElement().asString().contains("JAVA_HOME", "gone");
    }

    @Test
    void a_java_that_tells_its_version_in_a_file_is_not_asked() throws Exception {
        Files.writeString(java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");
        assertThat(run(Map.of(), home.resolve("bin/relay")).err).contains("Java 17", "11.0.2");
        Files.writeString(java.resolve("release"), "no version");
        assertThat(run(Map.of(), home.resolve("bin/relay")).status).as("it was asked").isEqualTo(7);
        Path onThePath = Files.createSymbolicLink(Files.createDirectories(folder.resolve("path")).resolve("java"), java.resolve("bin/java"));
        Files.writeString(java.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        assertThat(run(Map.of("JAVA_HOME", "", "PATH", onThePath.getParent() + ":/usr/bin:/bin"), home.resolve("bin/relay")).err)
                .contains("Java 17", "11.0.2");
    }

    @Test
    void what_was_prepared_is_used_and_java_opts_count_more() throws Exception {
        assertThat(run(Map.of(), home.resolve("bin/relay")).out).doesNotContain("SharedArchiveFile");
        Files.writeString(home.resolve("relay.jsa"), "x");
        assertThat(run(Map.of("JAVA_OPTS", "-Xshare:off"), home.resolve("bin/relay"), "-Dx=y").out.lines()).containsSubsequence(
                "-XX:SharedArchiveFile=" + home + "/relay.jsa", "-Xshare:off", "-Dx=y");
    }

    @Test
    void preparing_leaves_one_whole_file_or_none() throws Exception {
        Run run = run(Map.of(), home.resolve("bin/relay"), "prepare");
        assertThat(run.status).isEqualTo(1);
        assertThat(run.err.lines()).singleElement().asString().contains("could not be prepared");
        assertThat(home).isDirectoryNotContaining("glob:**.jsa*");
        executable(java.resolve("bin/java"), "#!/bin/sh\necho 'openjdk version \"17\"' >&2\n[ \"$1\" = -version ] && exit\n"
                + "[ -z \"$RELAY_DB_URL\" ] || exit 1\nfor o in \"$@\"; do case $o in *ArchiveClassesAtExit=*) echo x > \"${o#*=}\" ;; esac; done\n");
        run = run(Map.of("RELAY_DB_URL", "jdbc:h2:file:./live"), home.resolve("bin/relay"), "prepare");
        assertThat(run.status).as(run.err).isZero();
        assertThat(home.resolve("relay.jsa")).hasContent("x");
        assertThat(home).isDirectoryContaining("glob:**/relay.jsa").isDirectoryNotContaining("glob:**.jsa.*");
    }

    @Test
    void a_newer_java_will_do() throws Exception {
        java("25");
        Run run = run(Map.of("JAVA_OPTS", "-Dx=y"), home.resolve("bin/relay"));
        assertThat(run.status).isEqualTo(7);
        assertThat(run.out.lines()).as("what it would warn of").containsSubsequence("--sun-misc-unsafe-memory-access=allow", "-Dx=y");
        executable(java.resolve("bin/java"), "#!/bin/sh\n[ \"$1\" = -version ] && { echo 'openjdk version \"30\"' >&2; exit; }\n"
                + "case $1 in --sun*) exit 1 ;; esac\nprintf '%s\\n' \"$@\"\n");
        assertThat(run(Map.of(), home.resolve("bin/relay")).out).as("a later one need not know the option").isNotEmpty().doesNotContain("--sun");
    }

    @Test
    void a_locale_without_a_character_set_gets_one_and_another_is_left_alone() throws Exception {
        executable(java.resolve("bin/java"), "#!/bin/sh\n[ \"$1\" = -version ] && { echo 'openjdk version \"17\"' >&2; exit; }\n"
                + "echo \"${LC_ALL:-${LC_CTYPE:-$LANG}}\"\n");
        Map<String, String> none = Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "");
        assertThat(run(none, home.resolve("bin/relay")).out.strip()).isEqualTo("C.UTF-8");
        for (String name : none.keySet()) {
            for (String value : List.of("C", "POSIX", "de_DE.UTF-8", "de_DE.ISO-8859-1")) {
                Map<String, String> locale = new HashMap<>(none);
                locale.put(name, value);
                assertThat(run(locale, home.resolve("bin/relay")).out.strip()).as(locale.toString()).isEqualTo(value.startsWith("de") ? value : "C.UTF-8");
            }
        }
    }

    @Test
    void what_it_writes_is_not_for_others_to_read() throws Exception {
        executable(java.resolve("bin/java"), "#!/bin/sh\n[ \"$1\" = -version ] && { echo 'openjdk version \"17\"' >&2; exit; }\numask\n");
        assertThat(run(Map.of(), home.resolve("bin/relay")).out.strip()).isEqualTo("0027");
    }

    /** Where a systemd is: CI has one. */
    @Test
    void systemd_finds_nothing_wrong_with_the_unit() throws Exception {
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(analyze), "there is no systemd-analyze here");
        Path unit = Path.of("src/dist/systemd/ai-job-relay.service").toAbsolutePath();
        Run run = run(Map.of(), analyze, "verify", unit.toString());
        assertThat(run.out + run.err).doesNotContain(unit.getFileName().toString());
        assertThat(run.status).isZero();
        assertThat(Files.readString(unit)).contains("SuccessExitStatus=143", "RestartPreventExitStatus=78", "Restart=always", "LimitNOFILE=", "UMask=0027")
                .doesNotContain("MemoryDenyWriteExecute=");
    }

    private void java(String version) throws IOException {
        executable(java.resolve("bin/java"), "#!/bin/sh\n[ \"$1\" = -version ] && { echo 'openjdk version \"" + version + "\" 2025-04-15' >&2; exit; }\n"
                + "printf '%s\\n' \"$@\"\nexit 7\n");
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private record Run(int status, String out, String err) {
    }

    private Run run(Map<String, String> environment, Path script, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("JAVA_OPTS");
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().putAll(environment);
        Path err = folder.resolve("err");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), out, Files.readString(err));
    }
}
