namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class RecentIdsTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(1_024)]
    public void The_last_ids_are_known_whenever_they_are_written_and_read(int maxSlots)
    {
        RecentIds ids = new(maxSlots: maxSlots);
        for (var id = 1UL; id <= 4_000; id++)
        {
            Assert.True(ids.TryAdd(id));
            Assert.False(ids.TryAdd(id));
            if (id % 7 == 0)
            {
                ids = Read(Write(ids), maxSlots);
            }

            for (var known = id; known > id - Math.Min(id, (ulong)maxSlots / 2); known -= 1)
            {
                Assert.False(ids.TryAdd(known));
            }
        }
    }

    [Fact]
    public void There_are_never_more_ids_than_slots_of_a_table_and_the_oldest_can_be_added_again()
    {
        RecentIds ids = new(maxSlots: 512);
        for (var id = 1UL; id <= 4_000; id++)
        {
            ids.TryAdd(id);
            Assert.InRange(Write(ids).Length, 8, 8 + (512 * 8));
        }

        Assert.True(ids.TryAdd(1));
    }

    [Fact]
    public void More_ids_than_a_table_holds_are_not_read()
    {
        RecentIds ids = new(maxSlots: 1_024);
        for (var id = 1UL; id <= 300; id++)
        {
            ids.TryAdd(id);
        }

        Assert.Throws<FormatException>(() => Read(Write(ids), maxSlots: 512));
    }

    private static byte[] Write(RecentIds ids)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        ids.Write(writer);
        return stream.ToArray();
    }

    private static RecentIds Read(byte[] bytes, int maxSlots)
    {
        using BinaryReader reader = new(new MemoryStream(bytes));
        return RecentIds.Read(reader, maxSlots);
    }
}
