package io.jobrelay.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a WAV file says of itself is read from its header, however the header was written. */
class WavHeaderTest {

    /** 3.2 s of silence, 16 kHz, mono, 16 bit: 102,444 bytes. */
    static final byte[] WAV = wav(chunk("fmt ", format(1, 1, 16_000, 16)), chunk("data", new byte[102_400]));

    @Test
    void length_rate_and_channels_are_read() {
        WavHeader header = read(WAV).orElseThrow();
        assertThat(WAV).hasSize(102_444);
        assertThat(header).isEqualTo(new WavHeader(1, 16_000, 16, 32_000, 44, 102_400));
        assertThat(header.seconds(WAV.length)).isEqualTo(3.2);
        assertThat(new FetchedMedia(null, WAV.length, null, header).sentence())
                .isEqualTo("The WAV is 3.2 s long, 16000 Hz, 1 channel, 16 bit, 102444 bytes.");
    }

    @Test
    void unknown_chunks_are_passed_over_even_of_odd_length() {
        byte[] file = wav(chunk("JUNK", new byte[7]), chunk("fmt ", format(1, 2, 44_100, 16)), chunk("LIST", new byte[100_001]),
                chunk("data", new byte[176_400]));
        WavHeader header = read(file).orElseThrow();
        assertThat(header.channels()).isEqualTo(2);
        assertThat(header.dataAt()).isEqualTo(file.length - 176_400);
        assertThat(header.seconds(file.length)).isEqualTo(1.0);
    }

    @Test
    void a_long_format_chunk_and_a_coding_without_bits_are_read() {
        byte[] format = Arrays.copyOf(ByteBuffer.wrap(format(0x55, 1, 8_000, 0)).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 2_000)
                .putShort(12, (short) 1).array(), 50);
        byte[] file = wav(chunk("fmt ", format), chunk("data", new byte[5_000]));
        WavHeader header = read(file).orElseThrow();
        assertThat(header.seconds(file.length)).isEqualTo(2.5);
        assertThat(new FetchedMedia(null, file.length, null, header).sentence()).doesNotContain("bit");
    }

    @Test
    void sound_before_its_format_is_passed_over() {
        byte[] file = wav(chunk("data", new byte[10]), chunk("fmt ", format(1, 1, 8_000, 8)), chunk("data", new byte[4_000]));
        assertThat(read(file).orElseThrow().seconds(file.length)).isEqualTo(0.5);
    }

    @Test
    void where_the_writer_did_not_know_the_length_the_file_itself_tells() {
        for (int unknown : new int[] {0, -1}) {
            byte[] file = wav(chunk("fmt ", format(1, 1, 8_000, 8)), chunk("data", new byte[8_000]));
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(40, unknown);
            WavHeader header = read(file).orElseThrow();
            assertThat(header.dataBytes()).isEqualTo(-1);
            assertThat(header.seconds(file.length)).isEqualTo(1.0);
        }
    }

    @Test
    void a_file_cut_short_is_as_long_as_what_is_there() {
        WavHeader header = read(WAV).orElseThrow();
        assertThat(header.seconds(44 + 32_000)).isEqualTo(1.0);
    }

    @Test
    void a_file_beyond_four_gigabytes_says_so_in_its_own_chunk() {
        byte[] ds64 = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN).putLong(6_000_000_072L).putLong(6_000_000_000L).array();
        byte[] file = wav(chunk("ds64", ds64), chunk("fmt ", format(1, 1, 48_000, 16)), chunk("data", new byte[4]));
        System.arraycopy("RF64".getBytes(StandardCharsets.ISO_8859_1), 0, file, 0, 4);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(file.length - 8, -1);
        WavHeader header = read(file).orElseThrow();
        assertThat(header.dataBytes()).isEqualTo(6_000_000_000L);
        assertThat(header.seconds(7_000_000_000L)).isCloseTo(62_500, within(0.001));
    }

    @Test
    void a_header_without_a_rate_has_no_length() {
        byte[] file = wav(chunk("fmt ", new byte[16]), chunk("data", new byte[100]));
        WavHeader header = read(file).orElseThrow();
        assertThat(header.seconds(file.length)).isEqualTo(-1);
        assertThat(new FetchedMedia(null, file.length, null, header).sentence()).startsWith("The WAV is of unknown length, 0 Hz");
    }

    @Test
    void anything_else_is_no_wav() {
        assertThat(read(new byte[0])).isEmpty();
        assertThat(read("RIFF".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(read("ID3 and then an MP3 that goes on for a while".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(read(wav())).isEmpty();
        assertThat(read(wav(chunk("fmt ", format(1, 1, 8_000, 8))))).isEmpty();
        assertThat(read(wav(chunk("data", new byte[10])))).isEmpty();
        byte[] avi = WAV.clone();
        System.arraycopy("AVI ".getBytes(StandardCharsets.UTF_8), 0, avi, 8, 4);
        assertThat(read(avi)).isEmpty();
        byte[] endless = wav(chunk("LIST", new byte[10]));
        ByteBuffer.wrap(endless).order(ByteOrder.LITTLE_ENDIAN).putInt(16, -2);
        assertThat(read(endless)).isEmpty();
    }

    private static Optional<WavHeader> read(byte[] file) {
        try {
            return WavHeader.read(new ByteArrayInputStream(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] wav(byte[]... chunks) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] chunk : chunks) {
            body.writeBytes(chunk);
        }
        ByteBuffer file = ByteBuffer.allocate(12 + body.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(4 + body.size()).put("WAVE".getBytes(StandardCharsets.ISO_8859_1));
        return file.put(body.toByteArray()).array();
    }

    private static byte[] chunk(String name, byte[] content) {
        int padded = content.length + (content.length & 1);
        return ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN).put(name.getBytes(StandardCharsets.ISO_8859_1))
                .putInt(content.length).put(content).array();
    }

    private static byte[] format(int tag, int channels, int rate, int bits) {
        int frame = channels * bits / 8;
        return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putShort((short) tag).putShort((short) channels).putInt(rate)
                .putInt(rate * frame).putShort((short) frame).putShort((short) bits).array();
    }
}
