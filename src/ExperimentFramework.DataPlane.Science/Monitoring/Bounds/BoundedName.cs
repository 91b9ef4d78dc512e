using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Limits the length of the names of experiments, versions, variants, segments, keys and reasons in a stream, because they are kept for as long as the experiment is.</summary>
internal static class BoundedName
{
    private const int MaxLength = 128;

    /// <summary>The longest name that an experiment can be registered with.</summary>
    private const int MaxExperimentLength = 256;
    private const int HashLength = 17;

    /// <summary>Returns a name of at most 128 characters: a longer one is truncated, and its hash is appended.</summary>
    public static string Of(string name) => name.Length <= MaxLength ? name : Cut(name, MaxLength);

    /// <summary>Returns an experiment name of at most 256 characters: a longer one is truncated, and its hash is appended.</summary>
    public static string OfExperiment(string name) => name.Length <= MaxExperimentLength ? name : Cut(name, MaxExperimentLength);

    private static string Cut(string name, int longest)
    {
        var length = longest - HashLength;
        length -= char.IsHighSurrogate(name[length - 1]) ? 1 : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{name.AsSpan(0, length)}~{XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan())):x16}");
    }
}
