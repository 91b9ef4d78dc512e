using System.Globalization;

namespace ExperimentFramework.DataPlane.Redis.Tests;

/// <summary>What a process of a race served and published.</summary>
internal sealed class RaceReport
{
    /// <summary>The variant served in the last round, by subject.</summary>
    public Dictionary<int, string> Last { get; } = [];

    /// <summary>Every variant that was ever served, by subject.</summary>
    public Dictionary<int, string[]> Served { get; } = [];

    /// <summary>The changes published, in order, by subject.</summary>
    public ILookup<int, (string From, string To, string Reason)> Changes => _changes.ToLookup(change => change.Subject, change => (change.From, change.To, change.Reason));

    public HashSet<string> Reasons { get; } = [];

    public int Exceptions { get; private set; } = -1;

    private readonly List<(int Subject, string From, string To, string Reason)> _changes = [];

    public void Read(string[] words)
    {
        switch (words)
        {
            case ["last", var subject, var variant, var served]:
                Last[Number(subject)] = variant;
                Served[Number(subject)] = served.Split(',');
                break;
            case ["change", var subject, var from, var to, var reason]:
                _changes.Add((Number(subject), from, to, reason));
                break;
            case ["exposure", _, _, var reason]:
                Reasons.Add(reason);
                break;
            case ["end", var exceptions, _]:
                Exceptions = Number(exceptions);
                break;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
