using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Collects facts about redaction.</summary>
internal sealed class RedactionFacts
{
    private readonly ConcurrentDictionary<string, bool> _fields = new(StringComparer.OrdinalIgnoreCase);
    private volatile bool _coversSubject;

    /// <summary>Gets whether there may be redaction rules that cannot be analyzed.</summary>
    public bool MayCoverAnything { get; private set; }

    /// <summary>Gets whether a rule covers subject ids.</summary>
    public bool CoversSubject => _coversSubject || CoversField("subjectId");

    /// <summary>Returns whether a rule covers a field.</summary>
    public bool CoversField(string name) => _fields.ContainsKey(name);

    public void AddField(string name) => _fields[name] = true;

    public void AddSubject() => _coversSubject = true;

    public void AddUnknown() => MayCoverAnything = true;
}
