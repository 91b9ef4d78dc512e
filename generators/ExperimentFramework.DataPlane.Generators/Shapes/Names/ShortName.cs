using System.Text;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Shortens the names of files: a file system allows 255 bytes, and <c>EmitCompilerGeneratedFiles</c> writes what is generated.</summary>
internal static class ShortName
{
    /// <summary>Leaves room for the ending, and for a number that distinguishes names.</summary>
    private const int MaxBytes = 200;

    /// <summary>As many characters as fit whatever their encoding, next to a hash.</summary>
    private const int KeptLength = (MaxBytes - 17) / 3;

    /// <summary>Returns the name itself, or the end of a long name with a hash of the whole.</summary>
    public static string Of(string name) =>
        Encoding.UTF8.GetByteCount(name) <= MaxBytes ? name : $"{Hash(name):x16}-{name.Substring(name.Length - KeptLength)}";

    /// <summary>Computes FNV-1a, which is the same in every build.</summary>
    private static ulong Hash(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in name)
        {
            hash = unchecked((hash ^ letter) * 1099511628211UL);
        }

        return hash;
    }
}
