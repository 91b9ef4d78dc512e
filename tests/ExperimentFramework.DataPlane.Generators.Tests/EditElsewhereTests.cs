using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>A proxy follows what its interface means, also where an edit of another file changed that and not a character of its own.</summary>
public sealed class EditElsewhereTests
{
    private const string Interface = """
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        namespace Shop.Contracts
        {
            [ExposureLogged(Names.Pricing, Semantics = Names.Semantics, RecordOutcomes = true, FallbackToControl = Names.FallsBack)]
            public interface IPricing : IBase<Money>
            {
                Money Price([ExposureSubject] UserId user, Cart? cart, Amount amount);

                Task<Cart> LoadAsync([ExposureSubject] string user, [Captured] string country);

                Limited Limit();
            }
        }
        """;

    /// <summary>A file for each type, so that an edit is one of the file that holds it and reaches the interface by its names alone.</summary>
    private static readonly string[] Elsewhere =
    [
        """
        global using Amount = System.Decimal;
        global using CapturedAttribute = Shop.IgnoredAttribute;
        """,
        "namespace Shop { internal sealed class IgnoredAttribute : System.Attribute { } }",
        "namespace Shop { public class Money { } }",
        "namespace Shop { public struct UserId : System.IFormattable { public string ToString(string? format, System.IFormatProvider? provider) => \"\"; } }",
        "namespace Shop { public class Cart { } }",
        "namespace Shop { public class Limited { } }",
        "namespace Shop { public interface IBase<T> : IRoot<Change> { void Reset(T to); } }",
        "namespace Shop { public interface IRoot<T> { void Undo(T last); } }",
        "namespace Shop { public class Change { } }",
        """
        namespace Shop.Contracts
        {
            internal static class Names
            {
                public const string Pricing = Prefix.Text + "pricing";
                public const ExperimentFramework.DataPlane.ExposureSemantics Semantics = ExperimentFramework.DataPlane.ExposureSemantics.OnFirstUse;
                public const bool FallsBack = true;
            }
        }
        """,
        "namespace Shop.Contracts { internal static class Prefix { public const string Text = \"\"; } }",
    ];

    /// <summary>What is meant, the edit, and what the proxy has to say after it; null where it has to be gone.</summary>
    public static TheoryData<string, string, string, string?> Edits => new()
    {
        { "a constant in the tag", "\"pricing\"", "\"prices\"", "ExposureContract(\"prices\")" },
        { "a constant of the constant", "Text = \"\"", "Text = \"our \"", "ExposureContract(\"our pricing\")" },
        { "an enumeration's constant", "Semantics.OnFirstUse", "Semantics.Explicit", "Semantics)(2)" },
        { "a switch", "FallsBack = true", "FallsBack = false", "new global::ExperimentFramework.DataPlane.CompilerServices.ExposureContract(\"pricing\") { Semantics = (global::ExperimentFramework.DataPlane.ExposureSemantics)(1), RecordOutcomes = true }" },
        { "an alias", "Amount = System.Decimal", "Amount = System.Int64", "long amount" },
        { "an attribute's alias", "CapturedAttribute = Shop.IgnoredAttribute", "CapturedAttribute = ExperimentFramework.DataPlane.ExposureAttributeAttribute", ".With(\"country\", country)" },
        { "a nearer type of the name", "internal static class Names", "public class Money { } internal static class Names", "IBase<global::Shop.Contracts.Money>.Reset(" },
        { "the base's members", "void Reset(T to);", "void Reset(T to); void Restart();", "Restart()" },
        { "the base's parameters", "void Reset(T to);", "void Reset(ref readonly T to);", "ref readonly global::Shop.Money to" },
        { "the base's nullability", "void Reset(T to);", "void Reset(T? to);", "Reset(global::Shop.Money? to)" },
        { "the base's nullable context", "public interface IBase<T>", "\n#nullable disable\npublic interface IBase<T>", "Reset(" },
        { "the base's attributes", "void Reset(T to);", "[System.Obsolete(\"later\")] void Reset(T to);", "[global::System.Obsolete(\"later\")]" },
        { "the members of the base's base", "void Undo(T last);", "void Undo(T last); void Redo();", "Redo()" },
        { "a nearer type of the base's name", "internal static class Names", "public interface IBase<T> { void Other(T to); } internal static class Names", "Other(" },
        { "what the base's base is made with", "class Change", "struct Change", "global::Shop.Change" },
        { "the base's bases", "IBase<T> : ", "IBase<T> : System.ICloneable, ", "global::System.ICloneable.Clone()" },
        { "what makes an id of a type", "struct UserId : System.IFormattable", "ref struct UserId", "Observe(\"Price\", true, false)" },
        { "a class that becomes a structure", "public class Money { }", "public struct Money { }", "global::Shop.Money" },
        { "a class that moves", "public class Limited { }", "public static class Inside { } } namespace Shop.Contracts { public class Limited { } } namespace Shop {", "global::Shop.Contracts.Limited " },
        { "a type in the proxy's place", "internal static class Names", "public class IPricingExposureProxy { } internal static class Names", null },
        { "an obsolete base", "public interface IBase<T>", "[System.Obsolete(\"gone\", true)] public interface IBase<T>", null },
        { "a base with what cannot be forwarded", "void Reset(T to);", "void Reset(T to); static abstract void Make();", null },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void A_proxy_is_the_one_that_a_new_run_writes(string meant, string before, string after, string? said)
    {
        var project = ProxyCompiler.Compilation(Interface).AddSyntaxTrees(Elsewhere.Select(Parsed));
        Assert.DoesNotContain(project.GetDiagnostics(), IsError);
        var file = Assert.Single(project.SyntaxTrees.Skip(1), file => file.ToString().Contains(before, StringComparison.Ordinal));
        var edited = project.ReplaceSyntaxTree(file, Parsed(file.ToString().Replace(before, after, StringComparison.Ordinal)));

        var driver = ProxyCompiler.Driver().RunGenerators(project);
        var old = Text(driver);
        var now = Text(driver.RunGenerators(edited));

        Assert.NotNull(old);
        Assert.Equal(Text(ProxyCompiler.Driver().RunGenerators(edited)), now);
        if (said is null)
        {
            Assert.Null(now);
            return;
        }

        Assert.True(now!.Contains(said, StringComparison.Ordinal), $"After {meant} it says: {now}");
        Assert.Equal(meant is "a class that becomes a structure" or "what the base's base is made with" or "the base's nullable context", old == now);
    }

    [Fact]
    public void A_proxy_follows_the_options_of_the_project()
    {
        const string pointers = "[ExperimentFramework.DataPlane.ExposureLogged] public interface IFilling : INative; public unsafe interface INative { void Fill(int* place); }";
        var project = ProxyCompiler.Compilation(pointers, allowUnsafe: true);

        var driver = ProxyCompiler.Driver().RunGenerators(project);
        Assert.NotNull(Text(driver));
        Assert.Null(Text(driver.RunGenerators(project.WithOptions(project.Options.WithAllowUnsafe(false)))));
    }

    [Fact]
    public void A_proxy_follows_the_references_of_the_project()
    {
        var project = ProxyCompiler.Compilation("[ExperimentFramework.DataPlane.ExposureLogged] public interface IPlain { void Run(); }");

        var driver = ProxyCompiler.Driver().RunGenerators(project);
        Assert.NotNull(Text(driver));
        var withoutRuntime = project.RemoveReferences(project.References.Single(reference => Path.GetFileName(reference.Display) == "ExperimentFramework.DataPlane.dll"));
        Assert.Null(Text(driver.RunGenerators(withoutRuntime)));
    }

    private static string? Text(GeneratorDriver driver) => driver.GetRunResult().GeneratedTrees.SingleOrDefault()?.ToString();

    private static SyntaxTree Parsed(string source) => CSharpSyntaxTree.ParseText(source, ProxyCompiler.Latest);

    private static bool IsError(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id is not ("CS1591" or "CS0618");
}
