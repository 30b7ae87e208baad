package io.jobrelay.check;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A file of {@code routes/providers/} as it was when it was read, so that what was checked is what counts.
 *
 * @param name below {@code routes/}: {@code providers/assemblyai.yaml}
 * @param bytes what it held
 * @param trouble why it could not be read; null when it could
 */
public record ProfileFile(String name, byte[] bytes, String trouble) {

    private static final String FOLDER = "providers/";
    private static final String ENDING = ".yaml";

    /**
     * @param files what each file holds, by name below {@code routes/}
     * @return the same as files that could be read
     */
    public static Map<String, ProfileFile> of(Map<String, byte[]> files) {
        Map<String, ProfileFile> read = new TreeMap<>();
        files.forEach((name, bytes) -> read.put(name, new ProfileFile(name, bytes, null)));
        return read;
    }

    /**
     * @param provider such as {@code assemblyai}
     * @return the name of its file below {@code routes/}
     */
    public static String nameOf(String provider) {
        return FOLDER + provider + ENDING;
    }

    /** @return the provider it must be the profile of: its name without folder and ending */
    public String provider() {
        return name.substring(FOLDER.length(), name.length() - ENDING.length());
    }

    /** @return what it held, as text */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Wherever they lie. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ProfileFile file && name.equals(file.name) && Arrays.equals(bytes, file.bytes) && Objects.equals(trouble,
                file.trouble);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + Arrays.hashCode(bytes);
    }
}
