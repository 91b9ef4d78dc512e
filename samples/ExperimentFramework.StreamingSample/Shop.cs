using ExperimentFramework.DataPlane;

namespace ExperimentFramework.StreamingSample;

/// <summary>A shop whose visitors come back now and then, and which remembers what it served to whom.</summary>
internal sealed class Shop(IExperiments experiments, int seed)
{
    public const string Experiment = "checkout";

    private readonly Random _random = new(seed);
    private int _visitors;

    /// <summary>The subjects that were served, by variant.</summary>
    public SubjectCounts Served { get; } = new();

    /// <summary>Serves new visitors, each of them one to three times, in mixed order.</summary>
    public async Task ServeAsync(int visitors)
    {
        var visits = Enumerable.Range(_visitors, visitors).SelectMany(visitor => Enumerable.Repeat(visitor, _random.Next(1, 4))).ToArray();
        _visitors += visitors;
        _random.Shuffle(visits);
        foreach (var visitor in visits)
        {
            var subject = $"visitor-{visitor}";
            var decision = await experiments.ExposeAsync(Experiment, subject, "visitor");
            Served.Add(decision.VariantKey, subject);
        }
    }
}
