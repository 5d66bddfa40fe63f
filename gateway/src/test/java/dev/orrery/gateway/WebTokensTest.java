package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.orrery.channel.Principal;
import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a token says, and which are believed. Law G14. */
class WebTokensTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);

    private final WebTokens tokens = Tokens.verifier(InstantSource.fixed(NOW));

    private static String token(Map<String, Object> more) {
        Map<String, Object> claims = Tokens.claims("ann", LATER);
        claims.putAll(more);
        return Tokens.signed(claims);
    }

    private static Principal ann(Map<String, String> claims, String... roles) {
        return new Principal("ann", Set.of(roles), claims, Map.of("name", "I am ann"));
    }

    @Test
    void aSignedTokenSaysWhoThisIsAndUntilWhen() { // A02
        assertThat(tokens.check(token(Map.of("roles", List.of("operator"), "tenant", "7", "n", 1))))
                .isEqualTo(
                        new Credentials.Good(
                                ann(Map.of("sub", "ann", "tenant", "7"), "operator"),
                                Optional.of(LATER)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "deadbeef", "a.b.c", "..", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."})
    void whatNobodySignedIsRefused(String token) { // A01, A02
        assertThat(tokens.check(token)).isInstanceOf(Credentials.Bad.class);
        assertThat(tokens.checkFor(ann(Map.of()), "talk", token))
                .isInstanceOf(Credentials.Bad.class);
    }

    @Test
    void whatAnotherSignedOrSomebodyChangedIsRefused() { // A02, A07
        String foreign =
                Tokens.signed(
                        Tokens.claims("ann", LATER),
                        "another secret of thirty-two bytes or so".getBytes(UTF_8));
        assertThat(tokens.check(foreign))
                .isEqualTo(new Credentials.Bad("its signature is not good"));
        String[] parts = token(Map.of()).split("\\.");
        String forged =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"sub\":\"eve\",\"exp\":9999999999}".getBytes(UTF_8));
        assertThat(tokens.check(parts[0] + "." + forged + "." + parts[2]))
                .isEqualTo(new Credentials.Bad("its signature is not good"));
    }

    @Test
    void aTokenIsGoodFromAndUntilWhatItSays() { // A12
        assertThat(tokens.check(Tokens.signed(Tokens.claims("ann", NOW))))
                .isEqualTo(new Credentials.Expired());
        assertThat(tokens.check(Tokens.signed(Tokens.claims("ann", NOW.plusSeconds(1)))))
                .isInstanceOf(Credentials.Good.class);
        assertThat(tokens.check(token(Map.of("nbf", NOW.plusSeconds(1).getEpochSecond()))))
                .isEqualTo(new Credentials.Bad("it is not good yet"));
    }

    @Test
    void whoIsNamedByNoTextIsNobody() { // W12
        assertThat(tokens.check(token(Map.of("sub", 7))))
                .isEqualTo(new Credentials.Bad("it names nobody: sub is text"));
        assertThat(tokens.check(token(Map.of("sub", ""))))
                .isEqualTo(new Credentials.Bad("it names nobody: sub is text"));
        assertThat(tokens.check(token(Map.of("roles", "operator"))))
                .isInstanceOf(Credentials.Bad.class);
    }

    @Test
    void aTokenForAChannelIsForThatChannelAndThatUserOnly() { // A03, A14
        String talk = token(Map.of("channel", "talk", "tenant", "7"));
        Principal ann = ann(Map.of("region", "west"), "reader");
        assertThat(tokens.checkFor(ann, "talk", talk))
                .isEqualTo(
                        new Credentials.Good(
                                ann(
                                        Map.of(
                                                "region", "west", "sub", "ann", "tenant", "7",
                                                "channel", "talk"),
                                        "reader"),
                                Optional.of(LATER)));
        assertThat(tokens.checkFor(ann, "talk:1", talk))
                .isEqualTo(new Credentials.Bad("it is for another channel"));
        Principal eve = new Principal("eve", Set.of(), Map.of());
        assertThat(tokens.checkFor(eve, "talk", talk))
                .isEqualTo(new Credentials.Bad("it is for somebody else"));
        assertThat(tokens.check(talk)).isEqualTo(new Credentials.Bad("it is for a channel"));
        assertThat(tokens.checkFor(ann, "talk", token(Map.of())))
                .isEqualTo(new Credentials.Bad("it is for another channel"));
    }

    @Test
    void onlyOneIssuerAndAudienceAreTakenWhenThatIsSaid() {
        WebTokens strict = tokens.issuedBy("us").meantFor("orrery");
        assertThat(strict.check(token(Map.of("iss", "us", "aud", List.of("x", "orrery")))))
                .isInstanceOf(Credentials.Good.class);
        assertThat(strict.check(token(Map.of("iss", "them", "aud", "orrery"))))
                .isEqualTo(new Credentials.Bad("it is of another issuer"));
        assertThat(strict.check(token(Map.of("iss", "us"))))
                .isEqualTo(new Credentials.Bad("it is meant for another audience"));
    }

    @Test
    void aKeyPairSignsAndItsPublicHalfVerifies() throws Exception {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
        WebTokens verifier =
                WebTokens.keys(new JWKSet(key.toPublicJWK()).toString(), InstantSource.fixed(NOW));
        String signed =
                Tokens.signed(
                        Tokens.claims("ann", LATER), JWSAlgorithm.ES256, new ECDSASigner(key));
        assertThat(verifier.check(signed)).isInstanceOf(Credentials.Good.class);
        assertThat(verifier.check(token(Map.of())))
                .as("signed with a secret, which the public key must never be taken for")
                .isInstanceOf(Credentials.Bad.class);
        assertThatThrownBy(() -> WebTokens.keys("{", InstantSource.fixed(NOW)))
                .isInstanceOf(OrreryException.BadDefinition.class);
    }

    @Test
    void aShortSecretAndALongTokenAreRefused() {
        assertThatThrownBy(() -> WebTokens.secret(new byte[31], InstantSource.fixed(NOW)))
                .isInstanceOf(OrreryException.BadDefinition.class)
                .hasMessageContaining("31 bytes");
        assertThat(tokens.check("x".repeat(9_000)))
                .isEqualTo(new Credentials.Bad("it is longer than 8192 characters"));
    }

    @Test
    void aLifeIsToldInSecondsRoundedUp() {
        Services services =
                new Services(
                        null,
                        null,
                        null,
                        Limits.DEFAULT.renewWithin(Duration.ofSeconds(5)),
                        null,
                        null,
                        null,
                        InstantSource.fixed(NOW),
                        () -> 1_000L,
                        null);
        Expiry soon = Expiry.at(Optional.of(NOW.plusMillis(1_500)), services);
        assertThat(soon.ttl()).hasValue(2);
        assertThat(soon.left(1_000)).isEqualTo(Duration.ofSeconds(7).toNanos());
        assertThat(soon.left(Duration.ofSeconds(8).toNanos())).isZero();
        assertThat(Expiry.at(Optional.empty(), services).left(0)).isEqualTo(Long.MAX_VALUE);
    }
}
