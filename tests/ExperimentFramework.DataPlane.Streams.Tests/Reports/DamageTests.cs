namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Whatever a damaged byte makes of a message or of the state, it is read or refused: any other exception would end the engine of each instance that reads it.</summary>
public sealed class DamageTests
{
    private static readonly byte[] Values = [0, 1, 0x7F, 0x80, 0xFF];

    [Fact]
    public void Of_a_report() => Damage(CoordinatorMessage.ToBytes(Report()), static bytes => CoordinatorMessage.Read(bytes));

    [Fact]
    public void Of_a_partition()
    {
        var partition = new CountedPartition(0, Guid.NewGuid());
        partition.Join(Report());
        Damage(Plain(partition.ToBytes()), static bytes => CountedPartition.Read(Compress(bytes)));
    }

    [Fact]
    public void Of_an_experiment()
    {
        var stream = new CoordinatedStream();
        stream.Merge(Report());
        var partition = stream.Experiment.ToBytes(0);
        Damage(Plain(stream.Experiment.ToBytes()), bytes => CoordinatedExperiment.Read(Exposures.Experiment, Compress(bytes), [CountedPartition.Read(partition)], Exposures.Time).Evaluate(Exposures.Time), step: 11);
    }

    [Fact]
    public void Of_a_subject() => Damage(new FirstExposure("v1", "b", 5, 1, "v2", "control", Moves.Explained).ToBytes(), static bytes => FirstExposure.Read(bytes));

    /// <summary>Five bytes that are a length in front of all kinds of bytes, or a byte of its own.</summary>
    private static void Damage(byte[] bytes, Action<byte[]> read, int step = 1)
    {
        byte[][] damages = [.. Values.Select(static value => new[] { value }), [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0x7F]];
        foreach (var damage in damages)
        {
            for (var at = 0; at + damage.Length <= bytes.Length; at++)
            {
                var damaged = bytes.ToArray();
                damage.CopyTo(damaged, at);
                try
                {
                    read(damaged);
                }
                catch (InvalidDataException)
                {
                    // It is refused.
                }
            }
        }
    }

    private static PartitionReport Report()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 50);
        counter.TryCount(Exposures.Of("u1", "b") with { TenantId = "t1", VariantBuild = new Guid(1, 2, 3, new byte[8]) }, "key", isKeyedBySubject: true);
        return counter.Report();
    }

    private static byte[] Plain(byte[] compressed) => Compressed.Read(compressed).ToArray();

    private static byte[] Compress(byte[] plain) => Compressed.Write(stream => stream.Write(plain));
}
