package dev.orrery.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.orrery.channel.Principal;
import dev.orrery.core.OrreryException;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Signed web tokens (RFC 7519) as credentials: verified here, issued by the application.
 *
 * <p>{@code sub} is the principal's name, and must be text; {@code exp} and {@code nbf} are kept
 * to; {@code roles} is a list of text, {@code info} an object that others are shown, every other
 * claim that is text one of the principal's. A token with a {@code channel} is for that channel
 * alone: it opens no session, its {@code sub} must be the session's, and what it says is added to
 * what is known, the claim {@code channel} too, for a policy to look at. Thread-safe.
 */
public final class WebTokens implements Authenticator {
    private static final int LONGEST = 8 << 10;
    private static final int SHORTEST_SECRET_BYTES = 32;
    private static final String CHANNEL = "channel";
    private static final String NOBODY = "it names nobody: sub is text";

    private final DefaultJWTProcessor<SecurityContext> verifier = new DefaultJWTProcessor<>();
    private final Set<JWSAlgorithm> algorithms;
    private final JWKSource<SecurityContext> keys;
    private final InstantSource clock;
    private final Optional<String> issuer;
    private final Optional<String> audience;

    private WebTokens(
            Set<JWSAlgorithm> algorithms,
            JWKSource<SecurityContext> keys,
            InstantSource clock,
            Optional<String> issuer,
            Optional<String> audience) {
        this.algorithms = algorithms;
        this.keys = keys;
        this.clock = clock;
        this.issuer = issuer;
        this.audience = audience;
        verifier.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        verifier.setJWTClaimsSetVerifier((_, _) -> {}); // claims are looked at below, by our clock
    }

    /**
     * Tokens signed with a secret that the issuer and this gateway share (HS256, HS384, HS512).
     *
     * @param secret at least 32 bytes
     * @throws OrreryException.BadDefinition when it is shorter
     */
    public static WebTokens secret(byte[] secret, InstantSource clock) {
        if (secret.length < SHORTEST_SECRET_BYTES) {
            throw new OrreryException.BadDefinition(
                    "the secret of web tokens",
                    "it has " + secret.length + " bytes",
                    "take at least " + SHORTEST_SECRET_BYTES + " random ones");
        }
        return new WebTokens(
                Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512),
                new ImmutableSecret<>(secret.clone()),
                clock,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Tokens signed with a private key whose public half is in a JSON web key set (RFC 7517).
     *
     * @throws OrreryException.BadDefinition when it is no key set
     */
    public static WebTokens keys(String keySet, InstantSource clock) {
        try {
            return new WebTokens(
                    Set.of(
                            JWSAlgorithm.RS256,
                            JWSAlgorithm.PS256,
                            JWSAlgorithm.ES256,
                            JWSAlgorithm.ES384),
                    new ImmutableJWKSet<>(JWKSet.parse(keySet)),
                    clock,
                    Optional.empty(),
                    Optional.empty());
        } catch (ParseException notOne) {
            throw new OrreryException.BadDefinition(
                    "the keys of web tokens",
                    "they are no JSON web key set: " + notOne.getMessage(),
                    "take the document that the issuer publishes");
        }
    }

    /** Only those of this issuer. */
    public WebTokens issuedBy(String name) {
        return new WebTokens(algorithms, keys, clock, Optional.of(name), audience);
    }

    /** Only those meant for this audience. */
    public WebTokens meantFor(String name) {
        return new WebTokens(algorithms, keys, clock, issuer, Optional.of(name));
    }

    @Override
    public Credentials check(String token) {
        return read(
                token,
                claims -> {
                    if (claims.getClaim(CHANNEL) != null) {
                        return new Credentials.Bad("it is for a channel");
                    }
                    return good(principal(claims), claims);
                });
    }

    @Override
    public Credentials checkFor(Principal who, String channel, String token) {
        return read(
                token,
                claims -> {
                    if (!channel.equals(claims.getClaim(CHANNEL))) {
                        return new Credentials.Bad("it is for another channel");
                    }
                    if (!who.name().equals(claims.getSubject())) {
                        return new Credentials.Bad("it is for somebody else");
                    }
                    return good(added(who, principal(claims)), claims);
                });
    }

    /** What is made of the claims of a token that is genuine and of this moment. */
    @FunctionalInterface
    private interface Reading {
        Credentials of(JWTClaimsSet claims) throws ParseException;
    }

    private Credentials read(String token, Reading reading) {
        if (token.isEmpty()) {
            return new Credentials.Bad("there is none");
        }
        if (token.length() > LONGEST) {
            return new Credentials.Bad("it is longer than " + LONGEST + " characters");
        }
        try {
            SignedJWT signed = SignedJWT.parse(token);
            JWTClaimsSet claims = verifier.process(signed, null);
            if (!(signed.getPayload().toJSONObject().get("sub") instanceof String)) {
                return new Credentials.Bad(NOBODY); // the library would make text of a number
            }
            Optional<Credentials> flaw = flaw(claims);
            return flaw.isPresent() ? flaw.get() : reading.of(claims);
        } catch (BadJOSEException | JOSEException forged) {
            return new Credentials.Bad("its signature is not good");
        } catch (ParseException malformed) {
            return new Credentials.Bad("it is no web token, or a claim is not of its type");
        }
    }

    private Optional<Credentials> flaw(JWTClaimsSet claims) throws ParseException {
        Instant now = clock.instant();
        @Nullable Date until = claims.getExpirationTime();
        @Nullable Date from = claims.getNotBeforeTime();
        @Nullable String subject = claims.getSubject();
        if (subject == null || subject.isEmpty()) {
            return Optional.of(new Credentials.Bad(NOBODY));
        }
        if (issuer.isPresent() && !issuer.get().equals(claims.getIssuer())) {
            return Optional.of(new Credentials.Bad("it is of another issuer"));
        }
        if (audience.isPresent() && !claims.getAudience().contains(audience.get())) {
            return Optional.of(new Credentials.Bad("it is meant for another audience"));
        }
        if (from != null && from.toInstant().isAfter(now)) {
            return Optional.of(new Credentials.Bad("it is not good yet"));
        }
        return until != null && !until.toInstant().isAfter(now)
                ? Optional.of(new Credentials.Expired())
                : Optional.empty();
    }

    private static Credentials good(Principal principal, JWTClaimsSet claims) {
        return new Credentials.Good(
                principal, Optional.ofNullable(claims.getExpirationTime()).map(Date::toInstant));
    }

    private static Principal principal(JWTClaimsSet claims) throws ParseException {
        Map<String, String> texts = new HashMap<>();
        claims.getClaims()
                .forEach((name, value) -> {
                    if (value instanceof String text) {
                        texts.put(name, text);
                    }
                });
        @Nullable List<String> roles = claims.getStringListClaim("roles");
        @Nullable Map<String, Object> info = claims.getJSONObjectClaim("info");
        return new Principal(
                claims.getSubject(),
                roles == null ? Set.of() : Set.copyOf(roles),
                texts,
                info == null ? Map.of() : withoutNulls(info));
    }

    private static Map<String, Object> withoutNulls(Map<String, Object> info) {
        Map<String, Object> shown = new LinkedHashMap<>(info);
        shown.values().removeIf(value -> value == null);
        return shown;
    }

    private static Principal added(Principal who, Principal more) {
        Set<String> roles = new HashSet<>(who.roles());
        roles.addAll(more.roles());
        Map<String, String> claims = new HashMap<>(who.claims());
        claims.putAll(more.claims());
        return new Principal(
                who.name(), roles, claims, more.info().isEmpty() ? who.info() : more.info());
    }
}
