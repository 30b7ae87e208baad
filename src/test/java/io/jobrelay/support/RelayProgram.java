package io.jobrelay.support;

import io.jobrelay.RelayApplication;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The relay as a program: the only place where a test starts one. It runs from a jar, and with the archive of classes that
 * {@code bin/relay prepare} makes; the first process of the tests that needs them makes both in {@code target/}, for all others, since each
 * start takes a quarter less then.
 */
public final class RelayProgram {

    private static final Path HOME = Path.of("").toAbsolutePath();
    private static final Path FOLDER = HOME.resolve("target/relay-program");
    private static Path made;

    private RelayProgram() {
    }

    /** @return the folder of this project, which is the relay's own: that of its {@code routes/} */
    public static Path home() {
        return HOME;
    }

    /**
     * @param folder that it runs in
     * @param before the program that runs it, with its arguments; none for the relay alone
     * @param options of Java
     * @param arguments of the relay
     * @return what starts it, without the classes of the tests and without the relay's keys in the environment of the tests
     */
    public static ProcessBuilder in(Path folder, List<String> before, List<String> options, List<String> arguments) {
        return in(folder, before, options, arguments, List.of());
    }

    /**
     * @param more folders of classes that a route of the test names; the rest as above
     * @return what starts it
     */
    public static ProcessBuilder in(Path folder, List<String> before, List<String> options, List<String> arguments, List<Path> more) {
        Path program = made();
        List<String> all = new ArrayList<>(options);
        if (Files.exists(archive(program))) {
            all.addAll(List.of("-XX:SharedArchiveFile=" + archive(program), "-Xlog:cds=off,cds+dynamic=off"));
        }
        return process(folder, before, all, Stream.concat(Stream.of(classPath(program)), more.stream().map(Path::toString)), arguments);
    }

    private static ProcessBuilder process(Path folder, List<String> before, List<String> options, Stream<String> classPath, List<String> arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath.collect(Collectors.joining(File.pathSeparator)), RelayApplication.class.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(RELAY|CAMEL|RC|NGROK)_.*"));
        return builder;
    }

    // ---- the jar and the archive

    /** @return the folder of both, made by whoever comes first, of this process or of another one of the tests */
    private static synchronized Path made() {
        if (made == null) {
            try {
                Path classes = Path.of(RelayApplication.class.getProtectionDomain().getCodeSource().getLocation().getPath());
                Files.createDirectories(FOLDER);
                try (FileChannel one = FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    one.lock(); // until it is closed
                    made = FOLDER.resolve(stamp(classes));
                    if (!Files.exists(made)) {
                        make(classes, made);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return made;
    }

    /** @return what changes with the classes, the libraries and Java */
    private static String stamp(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            List<String> known = files.map(file -> file + " " + file.toFile().lastModified() + " " + file.toFile().length()).sorted().toList();
            return Integer.toHexString(known.hashCode()) + Integer.toHexString((libraries() + System.getProperty("java.vm.version")).hashCode());
        }
    }

    private static void make(Path classes, Path whole) throws IOException {
        try (Stream<Path> old = Files.list(FOLDER)) {
            old.filter(Files::isDirectory).forEach(RelayFixture::delete);
        }
        Path part = Files.createDirectories(FOLDER.resolve("part"));
        jar(classes, part.resolve("relay.jar"));
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE); // before the archive is made, which fits the jars as they lie
        int[] ports = RelayFixture.freePorts();
        Path run = Files.createDirectories(whole.resolve("run"));
        Path archive = whole.resolve("part.jsa");
        Process process = process(run, List.of(), List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable", "-Djobrelay.home=" + HOME),
                Stream.of(classPath(whole)), List.of("-Dcamel.main.duration-max-seconds=1", "-Dcamel.server.host=127.0.0.1",
                "-Dcamel.server.port=" + ports[0], "-Drelay.admin.port=" + ports[1])).redirectErrorStream(true)
                .redirectOutput(run.resolve("relay.log").toFile()).start();
        try {
            if (process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0 && Files.exists(archive)) {
                Files.move(archive, archive(whole)); // else the relay starts as slowly as it would without
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (JarOutputStream entries = new JarOutputStream(Files.newOutputStream(jar)); Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.sorted().skip(1).toList()) {
                boolean folder = Files.isDirectory(file);
                entries.putNextEntry(new ZipEntry(classes.relativize(file) + (folder ? "/" : "")));
                if (!folder) {
                    Files.copy(file, entries);
                }
                entries.closeEntry();
            }
        }
    }

    private static Path archive(Path program) {
        return program.resolve("relay.jsa");
    }

    private static String classPath(Path program) {
        return program.resolve("relay.jar") + File.pathSeparator + libraries();
    }

    private static String libraries() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator)).filter(entry -> entry.endsWith(".jar")).collect(Collectors.joining(File.pathSeparator));
    }
}
