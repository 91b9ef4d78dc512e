using System.Collections.Immutable;

namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>
/// The file names that differ from another one only in case, which the compiler takes for one. A class, as everything is that a step
/// hands on: for each structure the runtime compiles the whole of the compiler's step code again, in every build.
/// </summary>
/// <param name="Names">All of such names but the first, in order.</param>
internal sealed record HintNameDeduplicator(EquatableArray<string> Names)
{
    /// <summary>Finds the crowded ones among all names.</summary>
    public static HintNameDeduplicator Of(ImmutableArray<string> names) => new(names
        .Distinct(StringComparer.Ordinal)
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
        .SelectMany(same => same.OrderBy(name => name, StringComparer.Ordinal).Skip(1))
        .OrderBy(name => name, StringComparer.Ordinal)
        .ToEquatableArray());

    /// <summary>A name that is nobody else's.</summary>
    public string Unique(string name)
    {
        for (var place = 0; place < Names.Count; place++)
        {
            if (Names[place] == name)
            {
                return place + "." + name;
            }
        }

        return name;
    }
}
