package dev.orrery.bench;

import dev.orrery.projection.Projection;
import java.util.ArrayList;
import java.util.List;

/**
 * Sales of about 100 bytes each over 10,000 accounts, counted and summed per account: the same ones
 * every time, each made from its number alone.
 */
final class Sales {
    static final int ACCOUNTS = 10_000;

    static final Projection<Sale, String, Takings> TAKINGS =
            Projection.of("takings", Sale.class)
                    .key(String.class, Sale::account)
                    .state(Takings.class, Takings.NONE)
                    .fold(Takings::plus);

    private static final String NOTE = "paid in the shop, with a card, by a customer who came in";
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private Sales() {}

    /** An event: somebody paid. */
    record Sale(String account, long cents, String note) {}

    /** A state: how often and how much. */
    record Takings(long count, long cents) {
        static final Takings NONE = new Takings(0, 0);

        Takings plus(Sale sale) {
            return new Takings(count + 1, cents + sale.cents());
        }
    }

    /** The account of a sale: evenly spread, in no order. */
    static int account(long number) {
        return (int) Long.remainderUnsigned(mixed(number), ACCOUNTS);
    }

    static String accountName(int account) {
        return "account-" + account;
    }

    static long cents(long number) {
        return 1 + (mixed(number) >>> 40) % 10_000;
    }

    private static long mixed(long number) {
        long mixed = (number + 1) * MIX;
        mixed = (mixed ^ mixed >>> 32) * MIX;
        return mixed ^ mixed >>> 29;
    }

    static Sale sale(long number) {
        return new Sale(accountName(account(number)), cents(number), NOTE);
    }

    /** The sales from one number on. */
    static List<Sale> from(long first, int count) {
        List<Sale> sales = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sales.add(sale(first + i));
        }
        return sales;
    }

    /** What a plain loop makes of the first sales, by account. */
    static Takings[] folded(long count) {
        Takings[] takings = new Takings[ACCOUNTS];
        for (int account = 0; account < ACCOUNTS; account++) {
            takings[account] = Takings.NONE;
        }
        for (long number = 0; number < count; number++) {
            int account = account(number);
            takings[account] = takings[account].plus(sale(number));
        }
        return takings;
    }
}
