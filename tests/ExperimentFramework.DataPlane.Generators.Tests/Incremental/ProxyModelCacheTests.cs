using ExperimentFramework.DataPlane.Generators.Incremental;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Parsing;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Tests.Incremental;

/// <summary>An interface is read again where an edit may have reached it, and only there.</summary>
public sealed class ProxyModelCacheTests
{
    private readonly ProxyModelCache _remembered = new(Generators.Incremental.ChangeSet.Between);
    private IReadOnlyList<SyntaxTree> _files = [];
    private CSharpCompilation _project = ProxyCompiler.Compilation("").RemoveAllSyntaxTrees().AddSyntaxTrees(
        Parsed("IPricing.cs", "namespace Shop; \n  // Spoken of.\n[Captured] public interface IPricing { Money Price(); }"),
        Parsed("Comment.cs", "namespace Shop; public class Spoken { }"),
        Parsed("Money.cs", "namespace Shop; public class Money : Base { }"),
        Parsed("Base.cs", "namespace Shop; public class Base { private readonly Program? _program; }"),
        Parsed("CapturedAttribute.cs", "namespace Shop; internal sealed class CapturedAttribute : System.Attribute { }"),
        Parsed("Usings.cs", "global using Amount = Shop.Coin;"),
        Parsed("Coin.cs", "namespace Shop; public class Coin { }"),
        Parsed("Proxy.cs", "namespace Shop; [Marking] internal class IOtherExposureProxy { }"),
        Parsed("Tagged.cs", "namespace Shop; internal sealed class Marking : System.Attribute { }"),
        Parsed("Assembly.cs", "[assembly: System.Reflection.AssemblyTitle(Keys.File)]"),
        Parsed("System.cs", "namespace System.Text; internal class Anything { }"),
        Parsed("Core.cs", "namespace System; internal class Something { }"),
        Parsed("Keys.cs", "internal static class Keys { public const string File = \"\"; }"),
        Parsed("Other.cs", "namespace Shop; public class Other { }"));

    public static TheoryData<string, string, string> EditsThatReach => new()
    {
        { "the interface's own file", "IPricing.cs", "namespace Shop; [Captured] public interface IPricing { Money Price(int number); }" },
        { "a comment in it", "IPricing.cs", "namespace Shop; /* new */ [Captured] public interface IPricing { Money Price(); }" },
        { "a type it names", "Money.cs", "namespace Shop; public struct Money { }" },
        { "a type that one it names names", "Base.cs", "namespace Shop; public class Base : System.IFormattable { public string ToString(string? a, System.IFormatProvider? b) => \"\"; }" },
        { "an attribute named without its end", "CapturedAttribute.cs", "namespace Shop; public sealed class CapturedAttribute : System.Attribute { }" },
        { "a global using", "Usings.cs", "global using Amount = Shop.Money;" },
        { "what a global using names", "Coin.cs", "namespace Shop; public struct Coin { }" },
        { "a type of a name it uses, elsewhere", "Other.cs", "namespace Shop; public class Other { public class Money { } }" },
        { "a delegate of a name it uses", "Other.cs", "namespace Shop; public class Other { } public delegate void Money();" },
        { "a name that an escape spells", "Other.cs", "namespace Shop; public class Mon\\u0065y2 { } public class Mon\\u0065y { }" },
        { "statements of the program", "Other.cs", "System.Console.WriteLine(); namespace Shop { public class Other { } }" },
        { "a type of the system", "System.cs", "namespace System.Text; internal class Anything { public int Number; }" },
        { "a type of the system's outermost namespace", "Core.cs", "namespace System; internal class Something { public int Number; }" },
        { "what a file mentions that has a type of the proxy's name", "Tagged.cs", "namespace Shop; internal sealed class Marking : System.Attribute { public int Number; }" },
        { "what an attribute of the assembly mentions", "Keys.cs", "internal static class Keys { public const string File = \"other\"; }" },
        { "another namespace", "Other.cs", "namespace Shop { public class Other { } } namespace Price { class Inside { } }" },
        { "a namespace that goes", "Other.cs", "public class Other { }" },
        { "an attribute of the assembly", "Other.cs", "[assembly: System.CLSCompliant(false)] namespace Shop { public class Other { } }" },
        { "a type in the proxy's place", "Other.cs", "namespace Shop; public class Other { } public class IPricingExposureProxy { }" },
    };

    public static TheoryData<string, string, string> EditsThatDoNot => new()
    {
        { "a member of a type it does not name", "Other.cs", "namespace Shop; public class Other { public int Number; }" },
        { "another type", "Other.cs", "namespace Shop; public class Other { } public class Else { }" },
        { "a type that a comment speaks of", "Comment.cs", "namespace Shop; public class Spoken { public int Number; }" },
        { "a type that names what it names", "Other.cs", "namespace Shop; public class Other { public Money? Money() => null; }" },
    };

    [Theory]
    [MemberData(nameof(EditsThatReach))]
    public void It_is_read_again_after_an_edit_of(string what, string file, string text)
    {
        Assert.Equal(1, Reads());
        Edit(file, text);
        Assert.True(Reads() == 1, what);
        Assert.Equal(0, Reads());
    }

    [Theory]
    [MemberData(nameof(EditsThatDoNot))]
    public void It_is_not_read_again_after_an_edit_of(string what, string file, string text)
    {
        Assert.Equal(1, Reads());
        Edit(file, text);
        Assert.True(Reads() == 0, what);

        // Nor is what reaches it overlooked after one that does not.
        Edit("Base.cs", "namespace Shop; public class Base { public int Number; }");
        Assert.Equal(1, Reads());
    }

    [Theory]
    [InlineData("\n/*\n// */ Money Price();")]
    [InlineData("\n// a comment\rMoney Price();")]
    [InlineData("\n// a comment\u2028Money Price();")]
    [InlineData("[System.Obsolete($\"\"\"\n// {nameof(Money)}\n\"\"\")] void Price();")]
    public void It_is_read_again_after_an_edit_of_a_type_that_it_names_behind_what_looks_like_a_comment(string members)
    {
        Edit("IPricing.cs", $"namespace Shop; public interface IPricing {{ {members} }}");
        Assert.Equal(1, Reads());
        Edit("Money.cs", "namespace Shop; public struct Money { }");
        Assert.Equal(1, Reads());
    }

    [Theory]
    [InlineData("Mon\\u0065y")]
    [InlineData("Mo\u200dney")]
    [InlineData("@Money")]
    public void It_is_read_again_after_an_edit_of_a_type_whose_name_it_writes_in_another_way(string name)
    {
        Edit("IPricing.cs", $"namespace Shop; public interface IPricing {{ {name} Price(); }}");
        Assert.Equal(1, Reads());
        Edit("Base.cs", "namespace Shop; public class Base { public int Number; }");
        Assert.Equal(1, Reads());
    }

    [Fact]
    public void Files_that_come_and_go_leave_it_alone_where_their_names_do()
    {
        Assert.Equal(1, Reads());

        var another = Parsed("Another.cs", "public class Another { }");
        _project = _project.AddSyntaxTrees(another);
        Assert.Equal(0, Reads());

        _project = _project.RemoveSyntaxTrees(_project.SyntaxTrees[^2]);
        Assert.Equal(1, Reads());

        _project = _project.RemoveSyntaxTrees(another);
        Assert.Equal(0, Reads());
    }

    [Fact]
    public void A_file_that_comes_before_all_others_leaves_it_alone_and_so_does_its_removal()
    {
        Assert.Equal(1, Reads());
        var files = _project.SyntaxTrees;

        _project = _project.RemoveAllSyntaxTrees().AddSyntaxTrees([Parsed("First.cs", "public class First { }"), .. files]);
        Assert.Equal(0, Reads());

        _project = _project.RemoveSyntaxTrees(_project.SyntaxTrees[0]);
        Assert.Equal(0, Reads());
    }

    [Fact]
    public void It_is_read_again_where_options_references_or_the_assembly_change()
    {
        Assert.Equal(1, Reads());
        _project = _project.WithOptions(_project.Options.WithAllowUnsafe(true));
        Assert.Equal(1, Reads());
        _project = _project.RemoveReferences(_project.References.Last());
        Assert.Equal(1, Reads());
        _project = _project.WithAssemblyName("Renamed");
        Assert.Equal(1, Reads());
    }

    [Fact]
    public void States_of_a_project_that_take_turns_are_each_compared_with_what_was_read()
    {
        var before = _project;
        Assert.Equal(1, Reads());
        Edit("Money.cs", "namespace Shop; public struct Money { }");
        var after = _project;
        Assert.Equal(1, Reads());

        _project = before;
        Assert.Equal(1, Reads());
        _project = after;
        Assert.Equal(1, Reads());
        Edit("Other.cs", "namespace Shop; public class Other { public int Number; }");
        Assert.Equal(0, Reads());
    }

    [Fact]
    public void A_reading_that_was_cancelled_is_not_remembered()
    {
        Assert.Throws<OperationCanceledException>(() => _remembered.Get(Declaration(), _project, () => throw new OperationCanceledException(), CancellationToken.None));

        Assert.Equal(1, Reads());
    }

    [Fact]
    public void A_comparison_that_was_cancelled_is_made_again()
    {
        Reads();
        Edit("Other.cs", "namespace Shop; public class Other { public int Number; }");

        Assert.Throws<OperationCanceledException>(() => Reads(new CancellationToken(canceled: true)));
        Assert.Equal(0, Reads());
    }

    [Fact]
    public void A_file_between_others_that_come_or_go_is_read_again()
    {
        Assert.Equal(1, Reads());
        var (first, last) = (Parsed("First.cs", "public class First { }"), Parsed("Last.cs", "public class Last { }"));
        var files = _project.SyntaxTrees;
        _project = _project.RemoveAllSyntaxTrees().AddSyntaxTrees([first, files[0], last, .. files.RemoveAt(0)]);

        Assert.Equal(1, Reads());
    }

    [Fact]
    public void No_compilation_is_kept_alive_by_what_is_remembered()
    {
        var compilations = ReadAndForget();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.All(compilations, compilation => Assert.False(compilation.TryGetTarget(out _)));
        GC.KeepAlive(_remembered);
        GC.KeepAlive(_files);
    }

    /// <summary>The project's compilation, and that of another project which it refers to.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference<CSharpCompilation>[] ReadAndForget()
    {
        var referred = ProxyCompiler.Compilation("public class Referred { }").WithAssemblyName("Referred");
        _project = _project.AddReferences(referred.ToMetadataReference());
        Reads();
        Edit("Other.cs", "namespace Shop; public class Other { public int Number; }");
        Reads();
        WeakReference<CSharpCompilation>[] compilations = [new(_project), new(referred)];
        _files = _project.SyntaxTrees;
        _project = null!;
        return compilations;
    }

    private int Reads(CancellationToken cancellationToken = default)
    {
        var reads = 0;
        _remembered.Get(Declaration(), _project, () =>
        {
            reads++;
            return Read();
        }, cancellationToken);
        return reads;
    }

    /// <summary>Any attribute serves as the tag: what it says is no matter here.</summary>
    private ProxyModel Read()
    {
        var tag = _project.GetTypeByMetadataName("System.ObsoleteAttribute")!.GetAttributes()[0];
        var declaration = Declaration();
        var definition = _project.GetSemanticModel(declaration.SyntaxTree).GetDeclaredSymbol(declaration)!;
        return InterfaceParser.Read(definition, new InterfaceSlots(definition, _project), tag, _project);
    }

    private InterfaceDeclarationSyntax Declaration() =>
        _project.SyntaxTrees.Single(tree => tree.FilePath == "IPricing.cs").GetRoot().DescendantNodes().OfType<InterfaceDeclarationSyntax>().Single();

    private void Edit(string file, string text) =>
        _project = _project.ReplaceSyntaxTree(_project.SyntaxTrees.Single(tree => tree.FilePath == file), Parsed(file, text));

    private static SyntaxTree Parsed(string file, string text) => CSharpSyntaxTree.ParseText(text, ProxyCompiler.Latest, file);
}
