using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Bounds the names that a stream gives to versions, variants, segments and reasons, which are kept as long as the experiment is.</summary>
internal static class BoundedName
{
    private const int MaxLength = 128;
    private const int HashLength = 17;

    /// <summary>A name of at most 128 characters; of a longer one the beginning, with its hash behind it.</summary>
    public static string Of(string name)
    {
        if (name.Length <= MaxLength)
        {
            return name;
        }

        var length = MaxLength - HashLength;
        length -= char.IsHighSurrogate(name[length - 1]) ? 1 : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{name.AsSpan(0, length)}~{XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan())):x16}");
    }
}
