package io.jobrelay.sandbox;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What the sandbox found at a {@code contentUri}.
 *
 * @param problem why it could not be fetched, a clause without any part of the URI; null when it was fetched
 * @param bytes how many came
 * @param type its content type; null when none was said that can be repeated
 * @param wav what its header says; null when it is no WAV file
 */
record FetchedMedia(String problem, long bytes, String type, WavHeader wav) {

    /**
     * @param problem why it could not be fetched
     * @return media that is not there
     */
    static FetchedMedia missing(String problem) {
        return new FetchedMedia(problem, 0, null, null);
    }

    /** @return length of the sound in seconds, at most milliseconds exact; 0 when it cannot be told */
    BigDecimal seconds() {
        double seconds = wav == null ? 0 : Math.max(0, wav.seconds(bytes));
        BigDecimal exact = BigDecimal.valueOf(seconds).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
        return exact.scale() < 1 ? exact.setScale(1) : exact;
    }

    /** @return one sentence on what came */
    String sentence() {
        if (wav == null) {
            return "The media is " + bytes + " bytes of " + (type == null ? "no stated type" : type) + ", without a WAV header.";
        }
        return "The WAV is " + (wav.seconds(bytes) < 0 ? "of unknown length" : seconds().toPlainString() + " s long") + ", "
                + wav.sampleRate() + " Hz, " + wav.channels() + (wav.channels() == 1 ? " channel, " : " channels, ")
                + (wav.bits() == 0 ? "" : wav.bits() + " bit, ") + bytes + " bytes.";
    }
}
