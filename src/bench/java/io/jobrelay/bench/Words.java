package io.jobrelay.bench;

import java.util.Random;

/**
 * Text that is like speech: words of a vocabulary of some thousand, frequent ones often. Random letters would not compress at all and one
 * sentence repeated would compress to nothing; both would say something wrong about a store that packs its payload.
 */
final class Words {

    private static final int VOCABULARY = 4_000;
    private static final int LENGTH = 1 << 20;
    private static final String[] SYLLABLES = ("ba be bi bo da de di do fa fe ga ge go ha he hi in ja ka ke ki ko la le li lo ma me mi mo na ne no"
            + " on pa pe po ra re ri ro sa se si so ta te ti to un va ve vi wa we wi za er en al is th st").split(" ");
    private final String text;

    /** Always the same text. */
    Words() {
        Random random = new Random(1);
        String[] vocabulary = new String[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            StringBuilder word = new StringBuilder();
            for (int syllables = 1 + random.nextInt(i < 100 ? 2 : 4); syllables > 0; syllables--) {
                word.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
            }
            vocabulary[i] = word.toString();
        }
        StringBuilder all = new StringBuilder(LENGTH);
        while (all.length() < LENGTH) {
            int rank = (int) Math.pow(VOCABULARY, random.nextDouble()); // Zipf: the n-th word is said 1/n as often as the first
            all.append(vocabulary[Math.min(rank, VOCABULARY) - 1]).append(random.nextInt(12) == 0 ? ". " : " ");
        }
        text = all.toString();
    }

    /**
     * @param seed chooses which, such as the number of a job
     * @param length in characters, all of them ASCII and none to be escaped in JSON
     * @return a piece of the text, repeated where it is longer than a mebibyte
     */
    String piece(int seed, int length) {
        int from = Math.floorMod(seed * 7_919, LENGTH / 2);
        if (length <= LENGTH / 2) {
            return text.substring(from, from + length);
        }
        return text.repeat(length / LENGTH + 1).substring(0, length);
    }
}
