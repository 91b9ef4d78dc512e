using System.Collections.Immutable;

namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>
/// Makes file names unique that differ only in case, which the compiler treats as equal. It is a class, like everything that a step passes on: for each
/// struct, the JIT would compile all of the compiler's step code again in every build.
/// </summary>
/// <param name="Names">All such names except the first of each group, in order.</param>
internal sealed record HintNameDeduplicator(EquatableArray<string> Names)
{
    /// <summary>Finds the names that differ only in case.</summary>
    public static HintNameDeduplicator Of(ImmutableArray<string> names) => new(names
        .Distinct(StringComparer.Ordinal)
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
        .SelectMany(same => same.OrderBy(name => name, StringComparer.Ordinal).Skip(1))
        .OrderBy(name => name, StringComparer.Ordinal)
        .ToEquatableArray());

    /// <summary>Returns a unique name.</summary>
    public string Unique(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                return i + "." + name;
            }
        }

        return name;
    }
}
