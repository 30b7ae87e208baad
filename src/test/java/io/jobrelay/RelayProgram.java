package io.jobrelay;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The relay as a program: the only place where a test starts one. It runs from a jar, and with the archive of classes that {@code bin/relay prepare} makes
 * for it; the first process of the tests that needs them makes both in {@code target/}, for all others, since each start takes a third less then.
 */
public final class RelayProgram {

    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path FOLDER = PROJECT.resolve("target/relay-program");
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final List<String> FRUGAL = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private static Path made;

    private RelayProgram() {
    }

    /** @return the folder of this project, which is the relay's own: that of its {@code routes/} */
    public static Path home() {
        return PROJECT;
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
        List<String> command = new ArrayList<>(before);
        command.add(JAVA);
        command.addAll(FRUGAL);
        if (Files.exists(archive(program))) {
            command.addAll(List.of("-XX:SharedArchiveFile=" + archive(program), "-Xlog:cds=off,cds+dynamic=off"));
        }
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, Stream.concat(Stream.of(classPath(program)), more.stream().map(Path::toString)).toList()),
                RelayApplication.class.getName()));
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
                try (FileChannel channel = FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock one = channel.lock()) {
                    made = FOLDER.resolve(stamp(classes) + (one.isShared() ? "-" : ""));
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
            return Integer.toHexString(files.map(file -> file + " " + file.toFile().lastModified() + " " + file.toFile().length()).sorted().toList().hashCode())
                    + Integer.toHexString((libraries() + System.getProperty("java.vm.version")).hashCode());
        }
    }

    private static void make(Path classes, Path whole) throws IOException {
        try (Stream<Path> old = Files.list(FOLDER)) {
            old.filter(Files::isDirectory).forEach(RelayFixture::delete);
        }
        Path part = Files.createDirectories(FOLDER.resolve("part-" + UUID.randomUUID()));
        jar(classes, part.resolve("relay.jar"));
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE); // an archive fits the jars as they lie
        int[] ports = RelayFixture.freePorts();
        Path run = Files.createDirectories(whole.resolve("run"));
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(FRUGAL);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + whole.resolve("part.jsa"), "-Xlog:disable", "-Djobrelay.home=" + PROJECT, "-cp", classPath(whole),
                RelayApplication.class.getName(), "-Dcamel.main.duration-max-seconds=1", "-Dcamel.server.host=127.0.0.1",
                "-Dcamel.server.port=" + ports[0], "-Drelay.admin.port=" + ports[1]));
        ProcessBuilder builder = new ProcessBuilder(command).directory(run.toFile()).redirectErrorStream(true).redirectOutput(run.resolve("relay.log").toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(RELAY|CAMEL|RC|NGROK)_.*"));
        Process process = builder.start();
        try {
            if (process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0 && Files.exists(whole.resolve("part.jsa"))) {
                Files.move(whole.resolve("part.jsa"), archive(whole)); // else the relay starts as slowly as it would without
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out); Stream<Path> files = Files.walk(classes)) {
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
        return String.join(File.pathSeparator, Arrays.stream(all.split(File.pathSeparator)).filter(entry -> entry.endsWith(".jar")).toList());
    }
}
