package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** An application that issues tokens. */
final class Tokens {
    private static final byte[] SECRET =
            "a secret of thirty-two bytes, at the least".getBytes(UTF_8);
    static final InstantSource CLOCK = InstantSource.system();

    private Tokens() {}

    static WebTokens verifier() {
        return WebTokens.secret(SECRET, CLOCK);
    }

    static WebTokens verifier(InstantSource clock) {
        return WebTokens.secret(SECRET, clock);
    }

    /** A session's token that lives so long. */
    static String of(String user, Duration life) {
        return signed(claims(user, CLOCK.instant().plus(life)));
    }

    /** A token for one channel that lives so long. */
    static String forChannel(String user, String channel, Duration life) {
        Map<String, Object> claims = claims(user, CLOCK.instant().plus(life));
        claims.put("channel", channel);
        return signed(claims);
    }

    static Map<String, Object> claims(Object user, Instant until) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", user);
        claims.put("exp", until.getEpochSecond());
        claims.put("info", Map.of("name", "I am " + user));
        return claims;
    }

    static String signed(Map<String, Object> claims) {
        return signed(claims, SECRET);
    }

    static String signed(Map<String, Object> claims, byte[] secret) {
        try {
            return signed(claims, JWSAlgorithm.HS256, new MACSigner(secret));
        } catch (JOSEException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    static String signed(Map<String, Object> claims, JWSAlgorithm algorithm, JWSSigner signer) {
        try {
            JWSObject token = new JWSObject(new JWSHeader(algorithm), new Payload(claims));
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException unusable) {
            throw new IllegalStateException(unusable);
        }
    }
}
