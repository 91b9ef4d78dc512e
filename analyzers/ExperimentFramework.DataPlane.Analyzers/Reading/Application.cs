using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Distinguishes applications, which register everything that they use, from libraries, whose users may register what is missing in them.</summary>
internal static class Application
{
    /// <summary>Returns whether a compilation is an application.</summary>
    public static bool Is(Compilation compilation) =>
        compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication or OutputKind.WindowsRuntimeApplication;
}
