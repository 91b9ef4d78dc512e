using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>The files of the newest SDK's compiler.</summary>
internal static class CompilerFiles
{
    public static string Path(string file)
    {
        var root = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Directory.EnumerateFiles(System.IO.Path.Combine(root, "sdk"), file, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
    }
}
