// The shapes of js-reactivity-benchmark on alien-signals, one sample per line asked for; ReactivityMain is the same on queries.
// `open N NAME` builds a test of an Nth of the work and runs it once, `run` answers with the milliseconds of one sample.
import { computed, effect, effectScope, endBatch, signal, startBatch } from 'alien-signals';
import { createInterface } from 'node:readline';

let part = 1; // of how many parts the work is one
const count = () => 100_000 / part;

function batch(writes) {
    startBatch();
    try {
        writes();
    } finally {
        endBatch();
    }
}

function check(holds, what) {
    if (!holds) {
        throw new Error(`wrong: ${what}`);
    }
}

const range = count => Array.from({ length: count }, (_, i) => i);

// ---- random numbers, the same on both sides

function generator(text) {
    let h = 2166136261;
    for (const letter of text) {
        let k = Math.imul(letter.charCodeAt(0), 3432918353);
        k = (k << 15) | (k >>> 17);
        h ^= Math.imul(k, 461845907);
        h = (h << 13) | (h >>> 19);
        h = (Math.imul(h, 5) + 3864292196) | 0;
    }
    h ^= text.length;
    const word = () => {
        h ^= h >>> 16;
        h = Math.imul(h, 2246822507);
        h ^= h >>> 13;
        h = Math.imul(h, 3266489909);
        h ^= h >>> 16;
        return h | 0;
    };
    let [a, b, c, d] = [word(), word(), word(), word()];
    return () => {
        d = (d + 1) | 0;
        const t = (((a + b) | 0) + d) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (c << 21) | (c >>> 11);
        c = (c + t) | 0;
        return (t >>> 0) / 4294967296;
    };
}

// ---- rectangular graphs

function dynamic(width, layers, staticShare, reads, readShare, iterations, sum, count) {
    return () => {
        const random = generator('seed');
        let runs = 0;
        const sources = range(width).map(i => signal(i));
        let row = sources;
        for (let layer = 1; layer < layers; layer++) {
            const above = row;
            row = above.map((_, k) => {
                const mine = range(reads).map(i => above[(k + i) % width]);
                return random() < staticShare
                    ? computed(() => {
                          runs++;
                          let total = 0;
                          for (const one of mine) {
                              total += one();
                          }
                          return total;
                      })
                    : dynamicNode(mine, () => runs++);
            });
        }
        const kept = [...row];
        const removing = generator('seed');
        for (let i = Math.round(width * (1 - readShare)); i > 0; i--) {
            kept.splice(Math.floor(removing() * kept.length), 1);
        }
        effect(() => {
            for (const leaf of kept) {
                leaf();
            }
        });
        return () => {
            runs = 0;
            for (let i = 0; i < iterations / part; i++) {
                batch(() => sources[i % width](i + (i % width)));
                for (const leaf of kept) {
                    leaf();
                }
            }
            const total = kept.reduce((whole, leaf) => whole + leaf(), 0);
            return () => {
                if (part > 1) {
                    return; // they are known for all of the work only
                }
                check(total === sum, `sum ${total}, not ${sum}`);
                check(runs === count, `${runs} runs, not ${count}`);
            };
        };
    };
}

function dynamicNode(mine, count) {
    const [first, ...tail] = mine;
    return computed(() => {
        count();
        let total = first();
        const drop = total & 1;
        const dropped = total % tail.length;
        for (let i = 0; i < tail.length; i++) {
            if (!drop || i !== dropped) {
                total += tail[i]();
            }
        }
        return total;
    });
}

// ---- kairo

function busy() {
    let sum = 0;
    for (let i = 0; i < 100; i++) {
        sum++;
    }
    return sum;
}

const many = iteration => () => {
    for (let i = 0; i < 500 / part; i++) {
        iteration();
    }
    return () => {};
};

function avoidable() {
    const head = signal(0);
    const c1 = computed(() => head());
    const c2 = computed(() => (c1(), 0));
    const c3 = computed(() => (busy(), c2() + 1));
    const c4 = computed(() => c3() + 2);
    const c5 = computed(() => c4() + 3);
    effect(() => {
        c5();
        busy();
    });
    return many(() => {
        for (let i = 0; i < 1000; i++) {
            batch(() => head(i));
            check(c5() === 6, 'avoidable');
        }
    });
}

function broad() {
    const head = signal(0);
    let effects = 0;
    let last;
    for (let i = 0; i < 50; i++) {
        const sum = computed(() => head() + i);
        last = computed(() => sum() + 1);
        const shown = last;
        effect(() => {
            shown();
            effects++;
        });
    }
    return many(() => {
        batch(() => head(-1));
        effects = 0;
        for (let i = 0; i < 50; i++) {
            batch(() => head(i));
            check(last() === i + 50, 'broad');
        }
        check(effects === 2500, 'effects of broad');
    });
}

function deep() {
    const head = signal(0);
    let last = head;
    for (let i = 0; i < 50; i++) {
        const below = last;
        last = computed(() => below() + 1);
    }
    let effects = 0;
    effect(() => {
        last();
        effects++;
    });
    return many(() => {
        batch(() => head(-1));
        effects = 0;
        for (let i = 0; i < 50; i++) {
            batch(() => head(i));
            check(last() === i + 50, 'deep');
        }
        check(effects === 50, 'effects of deep');
    });
}

function diamond() {
    const head = signal(0);
    const sides = range(5).map(() => computed(() => head() + 1));
    const sum = computed(() => sides.reduce((total, side) => total + side(), 0));
    let effects = 0;
    effect(() => {
        sum();
        effects++;
    });
    return many(() => {
        batch(() => head(-1));
        effects = 0;
        for (let i = 0; i < 500; i++) {
            batch(() => head(i));
            check(sum() === (i + 1) * 5, 'diamond');
        }
        check(effects === 500, 'effects of diamond');
    });
}

function mux() {
    const heads = range(100).map(() => signal(0));
    const all = computed(() => Object.fromEntries(heads.map(head => head()).entries()));
    const parts = heads
        .map((_, i) => computed(() => all()[i]))
        .map(picked => computed(() => picked() + 1));
    parts.forEach(part => effect(() => void part()));
    return many(() => {
        for (let i = 0; i < 10; i++) {
            batch(() => heads[i](i));
            check(parts[i]() === i + 1, 'mux');
        }
        for (let i = 0; i < 10; i++) {
            batch(() => heads[i](i * 2));
            check(parts[i]() === i * 2 + 1, 'mux');
        }
    });
}

function repeated() {
    const head = signal(0);
    const sum = computed(() => {
        let total = 0;
        for (let i = 0; i < 30; i++) {
            total += head();
        }
        return total;
    });
    let effects = 0;
    effect(() => {
        sum();
        effects++;
    });
    return many(() => {
        batch(() => head(-1));
        effects = 0;
        for (let i = 0; i < 100; i++) {
            batch(() => head(i));
            check(sum() === i * 30, 'repeated');
        }
        check(effects === 100, 'effects of repeated');
    });
}

function triangle() {
    const head = signal(0);
    const list = [head];
    for (let i = 1; i < 10; i++) {
        const below = list[i - 1];
        list.push(computed(() => below() + 1));
    }
    const sum = computed(() => list.reduce((total, one) => total + one(), 0));
    let effects = 0;
    effect(() => {
        sum();
        effects++;
    });
    return many(() => {
        batch(() => head(-1));
        effects = 0;
        for (let i = 0; i < 100; i++) {
            batch(() => head(i));
            check(sum() === 10 * i + 45, 'triangle');
        }
        check(effects === 100, 'effects of triangle');
    });
}

function unstable() {
    const head = signal(0);
    const twice = computed(() => head() * 2);
    const inverse = computed(() => -head());
    const sum = computed(() => {
        let total = 0;
        for (let i = 0; i < 20; i++) {
            total += head() % 2 ? twice() : inverse();
        }
        return total;
    });
    let effects = 0;
    effect(() => {
        sum();
        effects++;
    });
    return many(() => {
        batch(() => head(-1));
        effects = 0;
        for (let i = 0; i < 100; i++) {
            batch(() => head(i));
            check(sum() === (i % 2 ? 40 * i : -20 * i), 'unstable');
        }
        check(effects === 100, 'effects of unstable');
    });
}

function fibonacci(n) {
    return n < 2 ? 1 : fibonacci(n - 1) + fibonacci(n - 2);
}

const hard = n => n + fibonacci(16);

function molecules() {
    const a = signal(0);
    const b = signal(0);
    const c = computed(() => (a() % 2) + (b() % 2));
    const d = computed(() => range(5).map(i => i + (a() % 2) - (b() % 2)));
    const e = computed(() => hard(c() + a() + d()[0]));
    const f = computed(() => hard(d()[2] + b()));
    const g = computed(() => c() + (e() % 2) + d()[4] + f());
    const h = computed(() => hard(g()));
    const j = computed(() => hard(f()));
    let shown = 0;
    [g, h, j].forEach(one => effect(() => void (shown += one())));
    let i = 0;
    return many(() => {
        i++;
        batch(() => {
            b(1);
            a(1 + i * 2);
        });
        check(h() === g() + 1597, 'mol');
        batch(() => {
            a(2 + i * 2);
            b(2);
        });
        check(j() === f() + 1597, 'mol');
    });
}

// ---- cellx

/** Cases one after another, each prepared outside the time that counts. */
function cases(all) {
    return () => {
        const sample = () => {
            let millis = 0;
            for (const one of all()) {
                const dispose = effectScope(() => {
                    const run = one();
                    const began = performance.now();
                    run();
                    millis += performance.now() - began;
                });
                dispose();
            }
            return millis;
        };
        sample.timesItself = true;
        return sample;
    };
}

const cellx = layers => cases(() => range(10 / part).map(() => () => cellxOnce(layers)));

function cellxOnce(layers) {
    const start = range(4).map(i => signal(i + 1));
    let layer = start;
    for (let i = 0; i < layers; i++) {
        const [p1, p2, p3, p4] = layer;
        layer = [
            computed(() => p2()),
            computed(() => p1() - p3()),
            computed(() => p2() + p4()),
            computed(() => p3()),
        ];
        layer.forEach(one => effect(() => void one()));
        layer.forEach(one => one());
    }
    const end = () => layer.map(one => one()).join();
    return () => {
        check(end() === '-3,-6,-2,2', 'cellx before');
        batch(() => start.forEach((one, i) => one(4 - i)));
        check(end() === '-2,-4,2,3', 'cellx after');
    };
}

// ---- sbench

const reading = sources => effect(() => {
    for (const source of sources) {
        source();
    }
});

/** Effects, each of `each` sources; a source has `readers` effects. */
function creation(effects, each, readers) {
    return () => {
        const sources = range(each === 0 ? 0 : Math.max(each, (effects * each) / readers)).map(i => signal(i));
        return () => {
            for (let i = 0; i < effects; i++) {
                const first = each === 0 ? 0 : Math.floor(i / readers) * each;
                reading(sources.slice(first, first + each));
            }
        };
    };
}

function updating(writes, each, readers) {
    return () => {
        const sources = range(each).map(i => signal(i));
        for (let i = 0; i < readers; i++) {
            reading(sources);
        }
        let value = 1_000_000;
        return () => {
            for (let i = 0; i < writes; i++) {
                sources[0](value++);
            }
        };
    };
}

const createSignals = cases(() => [() => () => range(count()).map(i => signal(i))]);

const createComputations = cases(() => [
    creation(count(), 0, 1),
    creation(count(), 1, 1),
    creation(count() / 2, 2, 1),
    creation(count() / 4, 4, 1),
    creation(count() / 1000, 1000, 1),
    creation(count(), 1, 2),
    creation(count(), 1, 4),
    creation(count(), 1, 8),
    creation(count(), 1, 1000),
]);

const updateSignals = cases(() => [
    updating(4 * count(), 1, 1),
    updating(2 * count(), 2, 1),
    updating(count(), 4, 1),
    updating(count() / 250, 1000, 1),
    updating(count(), 1, 2),
    updating(count(), 1, 4),
    updating(count() / 10, 1, 1000),
]);

// ---- the tests, and who asks for them

const tests = {
    avoidablePropagation: avoidable,
    broadPropagation: broad,
    deepPropagation: deep,
    diamond,
    mux,
    repeatedObservers: repeated,
    triangle,
    unstable,
    molBench: molecules,
    cellx1000: cellx(1000),
    cellx2500: cellx(2500),
    '2-10x5 lazy80%': dynamic(10, 5, 1, 2, 0.2, 600_000, 19199968, 3_480_000),
    '6-10x10 dyn25% lazy80%': dynamic(10, 10, 0.75, 6, 0.2, 15_000, 302310782860, 1_155_000),
    '4-1000x12 dyn5%': dynamic(1000, 12, 0.95, 4, 1, 7_000, 29355933696000, 1_463_000),
    '25-1000x5': dynamic(1000, 5, 1, 25, 1, 3_000, 1171484375000, 732_000),
    '3-5x500': dynamic(5, 500, 1, 3, 1, 500, 3.0239642676898464e241, 1_246_500),
    '6-100x15 dyn50%': dynamic(100, 15, 0.5, 6, 1, 2_000, 15664996402790400, 1_078_000),
    createSignals,
    createComputations,
    updateSignals,
};

let dispose = () => {};
let sample = () => 0;

function open(what) {
    const space = what.indexOf(' ');
    part = Number(what.slice(0, space));
    dispose();
    dispose = effectScope(() => {
        sample = tests[what.slice(space + 1)]();
    });
    sample(); // its first writes may change nothing, so what this counts is not looked at
    return 'open';
}

function run() {
    globalThis.gc();
    if (sample.timesItself) {
        return sample();
    }
    const began = performance.now();
    const verify = sample();
    const millis = performance.now() - began;
    verify();
    return millis;
}

for await (const line of createInterface({ input: process.stdin })) {
    console.log(line === 'run' ? run() : open(line.slice('open '.length)));
}
