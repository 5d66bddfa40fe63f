package dev.orrery.examples.wordnet;

import java.util.List;

/**
 * A meaning and the words that have it, as a line of WordNet's files says (wndb(5WN)). Immutable.
 *
 * @param id the part of speech and the place in its file: {@code n02084071}
 * @param type the node type
 * @param words the words that have this meaning, the usual one first
 * @param gloss what they mean
 * @param pointers to other meanings
 */
record Meaning(String id, String type, List<String> words, String gloss, List<Pointer> pointers) {
    private static final int HEX = 16;

    Meaning {
        words = List.copyOf(words);
        pointers = List.copyOf(pointers);
    }

    /**
     * One meaning's relation to another, or one of its words' to one of the other's.
     *
     * @param symbol which relation
     * @param to the other meaning
     * @param words the numbers of the two words, two hexadecimal digits each; zeros for all of them
     */
    record Pointer(String symbol, String to, String words) {}

    /** The meaning that a line says. */
    static Meaning parse(String line) {
        int bar = line.indexOf('|');
        String[] fields = line.substring(0, bar).split(" ");
        String id = letter(fields[2]) + fields[0];
        int at = 3;
        int wordCount = Integer.parseInt(fields[at++], HEX);
        String[] words = new String[wordCount];
        for (int i = 0; i < wordCount; i++) {
            words[i] = word(fields[at]);
            at += 2; // behind it a number that tells words of one file apart
        }
        int pointerCount = Integer.parseInt(fields[at++]);
        Pointer[] pointers = new Pointer[pointerCount];
        for (int i = 0; i < pointerCount; i++) {
            pointers[i] =
                    new Pointer(
                            fields[at], letter(fields[at + 2]) + fields[at + 1], fields[at + 3]);
            at += 4;
        }
        return new Meaning(
                id,
                type(fields[2]),
                List.of(words),
                line.substring(bar + 1).strip(),
                List.of(pointers));
    }

    /** Satellites stand in the file of adjectives, and pointers call them so. */
    private static String letter(String partOfSpeech) {
        return partOfSpeech.equals("s") ? "a" : partOfSpeech;
    }

    private static String type(String partOfSpeech) {
        return switch (partOfSpeech) {
            case "n" -> "Noun";
            case "v" -> "Verb";
            case "a" -> "Adjective";
            case "s" -> "Satellite";
            case "r" -> "Adverb";
            default -> throw new IllegalArgumentException("no part of speech: " + partOfSpeech);
        };
    }

    /** Blanks are written as underscores; adjectives may say behind them where they stand. */
    private static String word(String written) {
        int bracket = written.indexOf('(');
        String word = bracket < 0 ? written : written.substring(0, bracket);
        return word.replace('_', ' ');
    }
}
