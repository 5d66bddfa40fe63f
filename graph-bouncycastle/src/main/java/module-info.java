/** Signatures of graphs by Bouncy Castle: on the module path it takes the place of the JDK's. */
module dev.orrery.graph.bouncycastle {
    requires static org.jspecify;
    requires dev.orrery.graph;
    requires org.bouncycastle.provider;

    provides dev.orrery.graph.spi.Ed25519 with
            dev.orrery.graph.bouncycastle.BouncyCastleEd25519;
}
