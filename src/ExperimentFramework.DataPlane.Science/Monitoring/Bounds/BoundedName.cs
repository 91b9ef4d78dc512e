using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Bounds the names that a stream gives to experiments, versions, variants, segments, keys and reasons, which are kept as long as the experiment is.</summary>
internal static class BoundedName
{
    private const int MaxLength = 128;

    /// <summary>The longest name that an experiment can be registered with.</summary>
    private const int MaxExperimentLength = 256;
    private const int HashLength = 17;

    /// <summary>A name of at most 128 characters; of a longer one the beginning, with its hash behind it.</summary>
    public static string Of(string name) => name.Length <= MaxLength ? name : Cut(name, MaxLength);

    /// <summary>A name of an experiment, of at most 256 characters; of a longer one the beginning, with its hash behind it.</summary>
    public static string OfExperiment(string name) => name.Length <= MaxExperimentLength ? name : Cut(name, MaxExperimentLength);

    private static string Cut(string name, int longest)
    {
        var length = longest - HashLength;
        length -= char.IsHighSurrogate(name[length - 1]) ? 1 : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{name.AsSpan(0, length)}~{XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan())):x16}");
    }
}
