/**
 * Live rows, tables and values over any relation, maintained incrementally.
 *
 * <p>Front door: {@link dev.orrery.view.Views}, asked with a {@link dev.orrery.view.Select}; it
 * answers with a {@link dev.orrery.view.TableView} or, given an {@link dev.orrery.view.Aggregate},
 * a {@link dev.orrery.view.ValueView}.
 *
 * <p>A view changes in the commit that changes what it stands on, at a cost of O(log n) for each
 * row concerned. Reads never block: they see one immutable state of one revision. Readers of a feed
 * that fall behind get the whole again. Everything public is immutable or thread-safe; the module
 * opens no thread.
 *
 * <p>Where a user's functions run:
 *
 * <table>
 * <caption>Callbacks</caption>
 * <tr><th>function</th><th>thread and lock</th><th>may call back</th><th>when it throws</th></tr>
 * <tr>
 *   <td>{@code toRow} of a relation, functions of an aggregate, {@code equals} of its values</td>
 *   <td>the committer's, under the commit lock; while opening the opener's, under no lock of the timeline</td>
 *   <td>no: it must not commit, wait, open or close a view</td>
 *   <td>opening fails; later the view keeps its last state and tells {@code UserFailure}, and the commit goes on</td>
 * </tr>
 * <tr>
 *   <td>the constructor of a row's record</td>
 *   <td>the reader's, under no lock</td>
 *   <td>yes</td>
 *   <td>the read throws</td>
 * </tr>
 * </table>
 *
 * <p>Locks, taken in this order: opening of one result; the timeline's commit lock; hand-over of
 * one result from its opener to the committer; turns of one window's patches; the gates of feeds.
 * The registry's lock is taken alone. The committer takes only the last three.
 */
@NullMarked
package dev.orrery.view;

import org.jspecify.annotations.NullMarked;
