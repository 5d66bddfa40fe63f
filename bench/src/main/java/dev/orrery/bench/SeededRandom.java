package dev.orrery.bench;

/**
 * Numbers of a seed, the same as the peer's script draws: the small fast counting generator with
 * three words of state and a counter, seeded from a text through MurmurHash3's mixer. Confined to
 * one thread.
 */
final class SeededRandom {
    private int hash = (int) 2166136261L;
    private int a;
    private int b;
    private int c;
    private int d;

    SeededRandom(String seed) {
        for (int i = 0; i < seed.length(); i++) {
            int k = Integer.rotateLeft(seed.charAt(i) * (int) 3432918353L, 15) * 461845907;
            hash = Integer.rotateLeft(hash ^ k, 13) * 5 + (int) 3864292196L;
        }
        hash ^= seed.length();
        a = word();
        b = word();
        c = word();
        d = word();
    }

    private int word() {
        hash = (hash ^ (hash >>> 16)) * (int) 2246822507L;
        hash = (hash ^ (hash >>> 13)) * (int) 3266489909L;
        hash ^= hash >>> 16;
        return hash;
    }

    /** The next number, at least 0 and below 1. */
    double next() {
        d++;
        int t = a + b + d;
        a = b ^ (b >>> 9);
        b = c + (c << 3);
        c = Integer.rotateLeft(c, 21) + t;
        return Integer.toUnsignedLong(t) / 0x1p32;
    }
}
