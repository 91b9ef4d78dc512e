using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>What a compilation says of redaction.</summary>
internal sealed class RedactionFacts
{
    private readonly ConcurrentDictionary<string, bool> _fields = new(StringComparer.OrdinalIgnoreCase);
    private volatile bool _coversSubject;

    /// <summary>Whether there may be rules that cannot be read here.</summary>
    public bool MayCoverAnything { get; private set; }

    /// <summary>Whether a rule speaks of subject ids.</summary>
    public bool CoversSubject => _coversSubject || CoversField("subjectId");

    /// <summary>Whether a rule speaks of a field.</summary>
    public bool CoversField(string name) => _fields.ContainsKey(name);

    public void AddField(string name) => _fields[name] = true;

    public void AddSubject() => _coversSubject = true;

    public void AddUnknown() => MayCoverAnything = true;
}
