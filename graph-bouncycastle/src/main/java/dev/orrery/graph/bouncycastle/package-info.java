/** Signatures of graphs by Bouncy Castle. */
@NullMarked
package dev.orrery.graph.bouncycastle;

import org.jspecify.annotations.NullMarked;
