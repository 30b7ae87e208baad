package io.jobrelay.sandbox;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a WAV file says of its sound (RIFF/WAVE: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0"; RF64: EBU
 * Tech 3306).
 *
 * @param channels 1 for mono
 * @param sampleRate in Hz
 * @param bits of a sample; 0 where the coding has none
 * @param bytesPerSecond of the sound; 0 when the file does not say
 * @param dataAt how many bytes stand before the sound
 * @param dataBytes length of the sound as declared; -1 when the writer did not know it yet
 */
record WavHeader(int channels, long sampleRate, int bits, long bytesPerSecond, long dataAt, long dataBytes) {

    private static final long UNKNOWN = 0xFFFF_FFFFL;
    private static final int LONGEST_FORMAT = 40;

    /** A format chunk. */
    private record Format(int channels, long sampleRate, int bits, long bytesPerSecond) {

        static Format of(ByteBuffer chunk) {
            int tag = chunk.getShort(0) & 0xffff;
            int channels = chunk.getShort(2) & 0xffff;
            long rate = chunk.getInt(4) & UNKNOWN;
            long declared = chunk.getInt(8) & UNKNOWN;
            int frame = chunk.getShort(12) & 0xffff;
            int bits = chunk.capacity() >= 16 ? chunk.getShort(14) & 0xffff : 0;
            boolean frames = tag == 1 || tag == 3 || tag == 6 || tag == 7 || tag == 0xFFFE; // of these every frame is one sample a channel
            return new Format(channels, rate, bits, frames && frame * rate > 0 ? frame * rate : declared);
        }
    }

    /**
     * Reads up to the first byte of the sound, passing over chunks it does not know.
     *
     * @param in at the first byte of a file
     * @return what the header says; empty when this is no WAV file, or one that ends before its sound begins
     * @throws IOException of the stream
     */
    static Optional<WavHeader> read(InputStream in) throws IOException {
        try {
            return readTo(in);
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    private static Optional<WavHeader> readTo(InputStream in) throws IOException {
        ByteBuffer riff = take(in, 12);
        String kind = name(riff, 0);
        if (!kind.equals("RIFF") && !kind.equals("RF64") || !name(riff, 8).equals("WAVE")) {
            return Optional.empty();
        }
        long at = 12;
        long longData = -1;
        Format format = null;
        while (true) {
            ByteBuffer head = take(in, 8);
            at += 8;
            String chunk = name(head, 0);
            long size = head.getInt(4) & UNKNOWN;
            int read = 0;
            if (chunk.equals("data") && format != null) {
                long declared = size != UNKNOWN ? size : kind.equals("RF64") ? longData : -1;
                return Optional.of(new WavHeader(format.channels, format.sampleRate, format.bits, format.bytesPerSecond, at,
                        declared == 0 ? -1 : declared)); // a writer that streams leaves 0 or all ones
            } else if (chunk.equals("fmt ") && size >= 14) {
                read = (int) Math.min(size, LONGEST_FORMAT);
                format = Format.of(take(in, read));
            } else if (chunk.equals("ds64") && size >= 16) {
                read = 16;
                longData = take(in, read).getLong(8);
            }
            long rest = size - read + (size & 1); // chunks are padded to even lengths
            skip(in, rest);
            at += size + (size & 1);
        }
    }

    /**
     * @param total length of the file in bytes
     * @return length of the sound in seconds, as far as it is really there; -1 when it cannot be told
     */
    double seconds(long total) {
        long there = Math.max(0, total - dataAt);
        return bytesPerSecond == 0 ? -1 : (double) (dataBytes < 0 ? there : Math.min(dataBytes, there)) / bytesPerSecond;
    }

    private static ByteBuffer take(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void skip(InputStream in, long length) throws IOException {
        in.skipNBytes(length);
    }

    private static String name(ByteBuffer bytes, int at) {
        return new String(bytes.array(), at, 4, StandardCharsets.ISO_8859_1);
    }
}
