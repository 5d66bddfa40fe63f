// What one writes by hand without Orrery: an event is appended to a file and forced to disk, folded in memory, and the
// new state is sent to whoever follows its key. A second process is the client and takes the time.
//
//   node live.mjs FLIGHTS EVENTS    FLIGHTS: a JSON array to append in turn; EVENTS: the file they are appended to
//
// Prints "ready"; then answers each line "RATE COUNT" on standard input with one array: the microseconds from the append
// to the client, for each event.

import { fork } from 'node:child_process';
import { fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket, WebSocketServer } from 'ws';

const now = () => process.hrtime.bigint(); // the machine's monotonic clock, the same in both processes

if (process.argv[2] === '--client') {
    follow(process.argv[3], process.argv[4]);
} else {
    await serve(process.argv[2], process.argv[3]);
}

async function serve(flightsFile, eventsFile) {
    const flights = JSON.parse(readFileSync(flightsFile, 'utf8'));
    const events = openSync(eventsFile, 'a');
    const states = new Map();
    const followers = new Map();
    let appended = 0;

    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    server.on('connection', (socket) => {
        socket.on('message', (text) => {
            const { subscribe } = JSON.parse(text);
            if (!followers.has(subscribe)) {
                followers.set(subscribe, new Set());
            }
            followers.get(subscribe).add(socket);
            socket.send(JSON.stringify({ subscribed: subscribe }));
        });
        socket.on('close', () => followers.forEach((sockets) => sockets.delete(socket)));
    });
    await new Promise((listening) => server.on('listening', listening));

    function append(flight) {
        const at = now();
        writeSync(events, JSON.stringify(flight) + '\n');
        fdatasyncSync(events);
        const state = plus(states.get(flight.origin), flight);
        states.set(flight.origin, state);
        const message = JSON.stringify({ channel: flight.origin, state, at: at.toString() });
        followers.get(flight.origin)?.forEach((socket) => socket.send(message));
    }

    const client = fork(fileURLToPath(import.meta.url), ['--client', server.address().port, flights[0].origin]);
    const answer = () => new Promise((answered) => client.once('message', answered));
    await answer();
    console.log('ready');

    for await (const line of createInterface({ input: process.stdin })) {
        const [rate, count] = line.split(' ').map(Number);
        const measured = answer();
        client.send(count);
        const began = performance.now();
        for (let done = 0; done < count; ) {
            const due = Math.min(count, 1 + Math.floor(((performance.now() - began) * rate) / 1000));
            for (; done < due; done++) {
                append(flights[appended++ % flights.length]);
            }
            await sleep(1);
        }
        console.log(JSON.stringify(await measured));
    }
    client.kill();
    server.close();
    process.exit(0);
}

function plus(state = { departures: 0, minutes: 0, last: [], seen: '' }, flight) {
    return {
        departures: state.departures + 1,
        minutes: state.minutes + flight.delay,
        last: [...state.last.slice(-23), flight.delay],
        seen: flight.date,
    };
}

function follow(port, origin) {
    let expected = Infinity;
    let micros = [];
    const answerWhenComplete = () => {
        if (micros.length >= expected) {
            process.send(micros);
            micros = [];
            expected = Infinity;
        }
    };
    process.on('message', (count) => {
        expected = count;
        answerWhenComplete();
    });
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    socket.on('open', () => socket.send(JSON.stringify({ subscribe: origin })));
    socket.on('message', (text) => {
        const received = now();
        const message = JSON.parse(text);
        if (message.subscribed) {
            process.send('subscribed');
        } else {
            micros.push(Number(received - BigInt(message.at)) / 1000);
            answerWhenComplete();
        }
    });
}
