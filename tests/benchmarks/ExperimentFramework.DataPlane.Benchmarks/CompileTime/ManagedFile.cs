using System.Reflection.PortableExecutable;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>Distinguishes assemblies from native libraries next to them.</summary>
internal static class ManagedFile
{
    public static bool IsManaged(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        return image.HasMetadata;
    }
}
