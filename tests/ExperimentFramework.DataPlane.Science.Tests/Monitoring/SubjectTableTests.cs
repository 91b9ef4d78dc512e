using System.IO.Hashing;

namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class SubjectTableTests
{
    [Fact]
    public void Tables_that_share_memory_take_no_more_than_there_is_and_give_it_back()
    {
        var memory = new SubjectMemory(7 * SubjectTable.MinSlots);
        var tables = Enumerable.Range(0, 3).Select(_ => new SubjectTable(1 << 20, memory)).ToArray();
        var random = new Random(23);
        for (var number = 0; number < 20_000; number++)
        {
            foreach (var table in tables)
            {
                var hash = (ulong)random.NextInt64();
                if (table.Includes(hash) && table.Find(hash) < 0)
                {
                    table.TryAdd(hash, 0, 0, 0);
                }
            }
        }

        Assert.True(tables.Sum(table => table.Count) <= 10 * SubjectTable.MinSlots);
        Assert.All(tables, table => Assert.True(table.Halvings > 0));
        Array.ForEach(tables, table => table.Release());
        Assert.Equal(7 * SubjectTable.MinSlots, memory.Free);
    }

    [Fact]
    public void A_subject_is_found_with_the_assignment_it_has()
    {
        var table = new SubjectTable(1 << 12);

        Assert.True(table.TryAdd(HashOf(1), scope: 0, version: 63, variant: 63));
        var index = table.Find(HashOf(1));

        Assert.Equal((63, 63), (table.VersionAt(index), table.VariantAt(index)));
        Assert.Equal(-1, table.Find(HashOf(2)));
        table.Move(index, 5, 7);
        Assert.Equal((5, 7, 1), (table.VersionAt(index), table.VariantAt(index), table.Count));
    }

    [Fact]
    public void The_table_grows_to_its_bound_and_then_forgets_half_of_its_subjects_at_a_time()
    {
        var table = new SubjectTable(1 << 12);
        var added = 0;
        for (var subject = 0; subject < 100_000; subject++)
        {
            if (table.Includes(HashOf(subject)) && table.Find(HashOf(subject)) < 0 && table.TryAdd(HashOf(subject), scope: 0, 0, 0))
            {
                added++;
            }

            Assert.True(table.Count <= (1 << 12) / 4 * 3);
        }

        // 100,000 / 3,072 is 2^5.03: five or six halvings; each counts half of 3,072 more.
        Assert.InRange(table.Halvings, 5, 6);
        Assert.InRange(added, 3_072 * 3.2, 3_072 * 4.2);
        Assert.InRange(table.Count, 1_400, 3_072);
    }

    [Fact]
    public void A_subject_that_was_forgotten_is_never_counted_again()
    {
        var table = new SubjectTable(SubjectTable.MinSlots);
        HashSet<int> counted = [];
        for (var round = 0; round < 3; round++)
        {
            for (var subject = 0; subject < 20_000; subject++)
            {
                if (table.Includes(HashOf(subject)) && table.Find(HashOf(subject)) < 0 && table.TryAdd(HashOf(subject), scope: 0, 0, 0))
                {
                    Assert.True(counted.Add(subject), $"Subject {subject} was counted twice.");
                }
            }
        }

        Assert.True(table.Halvings > 0);
    }

    [Fact]
    public void Crossovers_are_those_of_the_subjects_that_are_held()
    {
        var table = new SubjectTable(SubjectTable.MinSlots);
        for (var subject = 0; subject < 5_000; subject++)
        {
            if (table.TryAdd(HashOf(subject), scope: 0, 0, 0))
            {
                table.MarkCrossover(table.Find(HashOf(subject)));
                table.MarkExplained(table.Find(HashOf(subject)), isTheCrossover: false);
            }

            Assert.Equal((table.Count, table.Count), (table.Crossovers, table.ExplainedMoves));
        }
    }

    [Fact]
    public void A_move_that_is_explained_later_is_no_crossover()
    {
        var table = new SubjectTable(SubjectTable.MinSlots);
        table.TryAdd(HashOf(1), scope: 0, 0, 0);
        var index = table.Find(HashOf(1));
        table.MarkCrossover(index);
        table.MarkCrossover(index);
        Assert.Equal((1, 0), (table.Crossovers, table.ExplainedMoves));

        table.MarkExplained(index, isTheCrossover: true);

        Assert.Equal((0, 1), (table.Crossovers, table.ExplainedMoves));
    }

    [Fact]
    public void Subjects_of_a_retired_version_are_of_none()
    {
        var table = new SubjectTable(SubjectTable.MinSlots);
        table.TryAdd(HashOf(1), scope: 0, 3, 1);
        table.TryAdd(HashOf(2), scope: 0, 4, 1);

        table.RetireVersion(3);

        Assert.Equal((-1, 1), (table.VersionAt(table.Find(HashOf(1))), table.VariantAt(table.Find(HashOf(1)))));
        Assert.Equal(4, table.VersionAt(table.Find(HashOf(2))));
    }

    private static ulong HashOf(int subject) => XxHash3.HashToUInt64(BitConverter.GetBytes(subject));
}
