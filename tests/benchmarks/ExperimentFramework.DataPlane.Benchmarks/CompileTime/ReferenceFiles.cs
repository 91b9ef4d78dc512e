using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>What the measured projects refer to, all of them to the same.</summary>
internal static class ReferenceFiles
{
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System*.dll").Where(ManagedFile.IsManaged),
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "netstandard.dll"),
        typeof(IDataBackplane).Assembly.Location,
        typeof(DataPlaneJson).Assembly.Location,
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "peers"), "*.dll"),
        .. new[] { "Microsoft.Extensions.DependencyInjection.Abstractions.dll", "Microsoft.Extensions.DependencyInjection.dll" }
            .Select(file => Path.Combine(AppContext.BaseDirectory, file)),
    ];
}
