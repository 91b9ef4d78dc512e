using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>The project that a source is analyzed in: by default a library that references the data plane.</summary>
internal sealed record AnalyzedProject
{
    /// <summary>Gets the source of another assembly that the project references.</summary>
    public string? LibrarySource { get; init; }

    /// <summary>Gets whether the other assembly is open as a project, as in an editor, instead of an image.</summary>
    public bool IsLibraryOpen { get; init; }

    public IEnumerable<MetadataReference> MoreReferences { get; init; } = [];

    /// <summary>Gets whether the project references the run time, and not only the abstractions.</summary>
    public bool HasRuntime { get; init; } = true;

    /// <summary>Gets what another source generator writes, which analyzers see and the generator of proxies does not.</summary>
    public string? GeneratedSource { get; init; }

    /// <summary>Gets the source of a file that is part of the project, and marked as generated.</summary>
    public string? CheckedInSource { get; init; }

    /// <summary>Gets whether the generator of proxies runs.</summary>
    public bool HasGenerator { get; init; } = true;

    /// <summary>Gets whether the analyzed file is generated itself.</summary>
    public bool IsGenerated { get; init; }

    /// <summary>Gets whether the source may have errors, as while it is typed.</summary>
    public bool IsHalfTyped { get; init; }

    public LanguageVersion LanguageVersion { get; init; } = LanguageVersion.Latest;

    public bool AllowUnsafe { get; init; }

    /// <summary>Gets a line of an <c>.editorconfig</c>: an id and its severity.</summary>
    public string? EditorConfig { get; init; }

    /// <summary>Gets whether the project is a program, as one with statements always is.</summary>
    public bool IsProgram { get; init; }

    /// <summary>Gets the kind of program.</summary>
    public OutputKind Output { get; init; } = OutputKind.ConsoleApplication;
}
