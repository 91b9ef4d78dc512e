using System.Runtime.CompilerServices;
using CsCheck;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class DeduplicationTableTests
{
    private const int Capacity = 24;

    [Fact]
    public void Of_several_that_were_recorded_at_one_time_the_first_goes()
    {
        var table = new DeduplicationTable(3);
        foreach (var key in new ulong[] { 1, 2, 3 })
        {
            table.Add(key, pair: 0, now: 5);
        }

        table.Replace(4, pair: 0, now: 6);

        Assert.Equal([false, true, true, true], new ulong[] { 1, 2, 3, 4 }.Select(key => !Unsafe.IsNullRef(ref table.Find(key))));
    }

    [Fact]
    public void It_holds_what_a_plain_dictionary_would_hold_whatever_is_added_replaced_and_removed()
    {
        // Keys that share their upper bits share a home, so that chains are long and run over the end of the table.
        var key = Gen.Select(Gen.ULong[0, 3], Gen.ULong[1, 40]).Select((home, low) => (home << 62) | low);
        Gen.Select(key, Gen.Bool).List[0, 300].Sample(steps =>
        {
            var table = new DeduplicationTable(Capacity);
            var model = new Dictionary<ulong, long>();
            var now = 0L;
            foreach (var (one, remove) in steps)
            {
                now++;
                ref var entry = ref table.Find(one);
                Assert.Equal(!model.ContainsKey(one), Unsafe.IsNullRef(ref entry));
                if (!Unsafe.IsNullRef(ref entry))
                {
                    if (remove)
                    {
                        table.Remove(one);
                        model.Remove(one);
                    }
                }
                else if (table.Count < Capacity)
                {
                    table.Add(one, now, now);
                    model[one] = now;
                }
                else
                {
                    table.Replace(one, now, now);
                    model = model.Where(known => !Unsafe.IsNullRef(ref table.Find(known.Key))).ToDictionary();
                    Assert.Equal(Capacity - 1, model.Count);
                    model[one] = now;
                }

                Assert.Equal(model.Count, table.Count);
                Assert.All(model, known =>
                {
                    Assert.Equal(known.Value, table.Find(known.Key).Pair);
                    Assert.Equal(known.Value, table.Peek(known.Key).Pair);
                });
            }
        });
    }

    [Fact]
    public void If_nothing_is_recorded_twice_the_oldest_goes_first()
    {
        var table = new DeduplicationTable(Capacity);
        for (var one = 1UL; one <= Capacity; one++)
        {
            table.Add(one * 0x9E3779B97F4A7C15, 0, (long)one);
        }

        for (var one = Capacity + 1UL; one <= 10 * Capacity; one++)
        {
            table.Replace(one * 0x9E3779B97F4A7C15, 0, (long)one);
            Assert.True(Unsafe.IsNullRef(ref table.Find((one - Capacity) * 0x9E3779B97F4A7C15)));
        }
    }

    [Fact]
    public void What_is_recorded_again_and_again_stays()
    {
        const ulong Loyal = 7;
        var table = new DeduplicationTable(Capacity);
        table.Add(Loyal, 0, 0);
        for (var one = 1L; one < Capacity; one++)
        {
            table.Add((ulong)one << 32, 0, one);
        }

        for (var one = (long)Capacity; one < 1_000; one++)
        {
            table.Find(Loyal).Refresh(one);
            table.Replace((ulong)one << 32, 0, one);
            Assert.False(Unsafe.IsNullRef(ref table.Find(Loyal)));
        }
    }

    [Fact]
    public void A_grown_table_holds_the_same_in_the_same_order()
    {
        var table = new DeduplicationTable(4);
        for (var one = 1UL; one <= 4; one++)
        {
            table.Add(one, (long)one, (long)one);
        }

        var grown = table.Grow(6);
        grown.Add(5, 5, 5);
        grown.Add(6, 6, 6);
        Assert.True(grown.IsFull);
        grown.Replace(7, 7, 7);

        Assert.True(Unsafe.IsNullRef(ref grown.Find(1)));
        Assert.All(Enumerable.Range(2, 6), key => Assert.Equal(key, grown.Find((ulong)key).Pair));
    }
}
