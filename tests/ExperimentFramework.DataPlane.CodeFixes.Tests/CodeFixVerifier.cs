using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

/// <summary>
/// A source and what the fix makes of it. Each diagnostic is fixed by itself, and then all of them at once in a document, in a
/// project and in the solution; the result has to be the same each time, and to have no diagnostic that it does not mark.
/// </summary>
/// <typeparam name="TAnalyzer">Reports.</typeparam>
/// <typeparam name="TFix">Fixes.</typeparam>
internal sealed class CodeFixVerifier<TAnalyzer, TFix> : CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(file) is "ExperimentFramework.DataPlane.dll" or "ExperimentFramework.DataPlane.Abstractions.dll" or "Microsoft.Extensions.DependencyInjection.Abstractions.dll")
            .Select(file => (MetadataReference)MetadataReference.CreateFromFile(file)),
    ];

    /// <summary>A program, because many rules are silent in a library.</summary>
    private static readonly (string File, string Source) Program = ("TheProgram.cs", "internal static class TheProgram { private static void Main() { } }");

    public CodeFixVerifier()
    {
        ReferenceAssemblies = new ReferenceAssemblies("net10.0");
        TestState.AdditionalReferences.AddRange(References);

        TestState.OutputKind = FixedState.OutputKind = OutputKind.ConsoleApplication;
        DisabledDiagnostics.Add("DP4006");

        // Rules of a whole compilation have fixes too.
        CodeFixTestBehaviors = CodeFixTestBehaviors.SkipLocalDiagnosticCheck;
    }

    public static Task FromAsync(string wrong, string right) => FromAsync([wrong], [right]);

    /// <summary>Documents of one project.</summary>
    public static Task FromAsync(string[] wrong, string[] right)
    {
        var test = new CodeFixVerifier<TAnalyzer, TFix>();
        foreach (var source in wrong)
        {
            test.TestState.Sources.Add(source);
        }

        foreach (var source in right)
        {
            test.FixedState.Sources.Add(source);
        }

        return test.RunAsync();
    }

    /// <summary>A project that registers, and one with contracts that it refers to.</summary>
    public static Task FromAsync(string wrong, string wrongContracts, string right, string rightContracts)
    {
        var test = new CodeFixVerifier<TAnalyzer, TFix>();

        // In a narrower scope the driver looks for the change in the first project only.
        test.CodeFixTestBehaviors |= CodeFixTestBehaviors.SkipFixAllInDocumentCheck | CodeFixTestBehaviors.SkipFixAllInProjectCheck;
        Fill(test.TestState, wrong, wrongContracts);
        Fill(test.FixedState, right, rightContracts);
        return test.RunAsync();

        static void Fill(SolutionState state, string source, string contracts)
        {
            state.Sources.Add(source);
            state.AdditionalProjects["Contracts"].Sources.Add(contracts);
            state.AdditionalProjects["Contracts"].AdditionalReferences.AddRange(References);
            state.AdditionalProjectReferences.Add("Contracts");
        }
    }

    /// <summary>A project that also refers to a library with internal types of the names that the fixes look up.</summary>
    public static Task BesideCopiesFromAsync(string wrong, string right)
    {
        const string Copies = """
            namespace ExperimentFramework.DataPlane
            {
                internal enum ExposureSemantics { }
                internal sealed class ExposureLoggedAttribute : System.Attribute { }
                internal sealed class ExposureSubjectAttribute : System.Attribute { }
            }
            """;
        var test = new CodeFixVerifier<TAnalyzer, TFix>();
        Fill(test.TestState, wrong);
        Fill(test.FixedState, right);
        return test.RunAsync();

        static void Fill(SolutionState state, string source)
        {
            state.Sources.Add(source);
            state.AdditionalProjects["Copies"].Sources.Add(Copies);
            state.AdditionalProjects["Copies"].AdditionalReferences.AddRange(References);
            state.AdditionalProjectReferences.Add("Copies");
        }
    }

    /// <inheritdoc/>
    protected override Task RunImplAsync(CancellationToken cancellationToken)
    {
        TestState.Sources.Add(Program);
        FixedState.Sources.Add(Program);
        return base.RunImplAsync(cancellationToken);
    }

    /// <summary>Expects that nothing is offered.</summary>
    public static Task NoneAsync(string source) => FromAsync(source, source);
}
