// The scenarios of the graph suite on a peer, every operation a commit of its own.
//
//   node graph.mjs PACKAGE    PACKAGE: yjs or loro-crdt
//
// Answers each line on standard input with one line: "s1 N" and "s2 N" with milliseconds, "s8 SHARED EACH" with
// milliseconds and bytes of healing two copies that went apart.

import { createInterface } from 'node:readline';

const peers = { yjs: await yjs(), 'loro-crdt': await loro() };
const peer = peers[process.argv[2]];

async function yjs() {
    if (process.argv[2] !== 'yjs') return undefined;
    const Y = await import('yjs');
    return {
        open: () => new Y.Doc(),
        add(doc, id, properties) {
            doc.transact(() => {
                const map = new Y.Map();
                for (const [name, value] of Object.entries(properties)) map.set(name, value);
                doc.getMap('entities').set(id, map);
            });
        },
        set: (doc, id, name, value) => doc.transact(() => doc.getMap('entities').get(id).set(name, value)),
        size: (doc) => doc.getMap('entities').size,
        fork(doc) {
            const copy = new Y.Doc();
            Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
            return copy;
        },
        pull(to, from) {
            const offer = Y.encodeStateVector(to);
            const update = Y.encodeStateAsUpdate(from, offer);
            Y.applyUpdate(to, update);
            return offer.length + update.length;
        },
    };
}

async function loro() {
    if (process.argv[2] !== 'loro-crdt') return undefined;
    const { LoroDoc, LoroMap } = await import('loro-crdt');
    return {
        open: () => new LoroDoc(),
        add(doc, id, properties) {
            const map = doc.getMap('entities').setContainer(id, new LoroMap());
            for (const [name, value] of Object.entries(properties)) map.set(name, value);
            doc.commit();
        },
        set(doc, id, name, value) {
            doc.getMap('entities').get(id).set(name, value);
            doc.commit();
        },
        size: (doc) => doc.getMap('entities').size,
        fork(doc) {
            const copy = new LoroDoc();
            copy.import(doc.export({ mode: 'snapshot' }));
            return copy;
        },
        pull(to, from) {
            const version = to.version();
            const offer = version.encode().length;
            const update = from.export({ mode: 'update', from: version });
            to.import(update);
            return offer + update.length;
        },
    };
}

function need(holds, what) {
    if (!holds) throw new Error(what);
}

const scenarios = {
    s1(n) {
        const doc = peer.open();
        const began = performance.now();
        for (let i = 0; i < n; i++) peer.add(doc, `e-${i}`, { name: `node-${i}`, status: 'active', seq: i });
        const took = performance.now() - began;
        need(peer.size(doc) === n, 'entities are missing');
        return `${took}`;
    },
    s2(n) {
        const doc = peer.open();
        peer.add(doc, 'e', { counter: 0 });
        const began = performance.now();
        for (let i = 1; i <= n; i++) peer.set(doc, 'e', 'counter', i);
        return `${performance.now() - began}`;
    },
    s8(shared, each) {
        const left = peer.open();
        for (let i = 0; i < shared; i++) peer.add(left, `e-${i}`, { name: `node-${i}`, seq: i });
        const right = peer.fork(left);
        for (let i = 0; i < each; i++) {
            peer.add(left, `l-${i}`, { name: `node-${i}`, seq: i });
            peer.add(right, `r-${i}`, { name: `node-${i}`, seq: i });
        }
        const began = performance.now();
        const bytes = peer.pull(right, left) + peer.pull(left, right);
        const took = performance.now() - began;
        need(peer.size(left) === shared + 2 * each && peer.size(right) === shared + 2 * each, 'not healed');
        return `${took} ${bytes}`;
    },
};

for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...numbers] = line.split(' ');
    console.log(scenarios[name](...numbers.map(Number)));
}
