using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Architecture.Tests;

/// <summary>
/// A constructor takes at most eight parameters and a method at most six: what takes more does more than one thing, or passes on values that
/// belong together. Exempt is what only generated code calls, where a parameter is cheaper than an object, and log messages, which have a parameter
/// for each placeholder.
/// </summary>
public sealed class ParameterTests
{
    private const int MaxOfConstructors = 8;
    private const int MaxOfMethods = 6;
    private const string CalledByGeneratedCode = "ExperimentFramework.DataPlane.CompilerServices";

    [Fact]
    public void Constructors_take_at_most_eight_parameters_and_methods_six()
    {
        var findings = SourceTree.OfProduct().Files
            .SelectMany(file => TooMany(file.Key, file.Value))
            .ToList();

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Theory]
    [InlineData("class C { C(int a, int b, int c, int d, int e, int f, int g, int h, int i) { } }", "C: 9")]
    [InlineData("class C(int a, int b, int c, int d, int e, int f, int g, int h, int i);", "C: 9")]
    [InlineData("record R(int A, int B, int C, int D, int E, int F, int G, int H, int I);", "R: 9")]
    [InlineData("class C { void M(int a, int b, int c, int d, int e, int f, int g) { } }", "M: 7")]
    [InlineData("class C { void M() { void L(int a, int b, int c, int d, int e, int f, int g) { } } }", "L: 7")]
    [InlineData("delegate void D(int a, int b, int c, int d, int e, int f, int g);", "D: 7")]
    public void What_takes_more_is_found(string source, string finding) => Assert.EndsWith(finding, Assert.Single(TooMany("File.cs", source)), StringComparison.Ordinal);

    [Theory]
    [InlineData("class C { C(int a, int b, int c, int d, int e, int f, int g, int h) { } void M(int a, int b, int c, int d, int e, int f) { } }")]
    [InlineData("namespace " + CalledByGeneratedCode + "; class C { void M(int a, int b, int c, int d, int e, int f, int g) { } }")]
    [InlineData("partial class C { [LoggerMessage(1, LogLevel.Debug, \"\")] partial void M(int a, int b, int c, int d, int e, int f, int g); }")]
    public void What_takes_no_more_or_is_exempt_is_not(string source) => Assert.Empty(TooMany("File.cs", source));

    private static IEnumerable<string> TooMany(string path, string text) =>
        from declaration in CSharpSyntaxTree.ParseText(text, new(LanguageVersion.Preview)).GetRoot().DescendantNodes()
        let member = declaration switch
        {
            TypeDeclarationSyntax type => (Name: type.Identifier, Parameters: type.ParameterList, Max: MaxOfConstructors),
            ConstructorDeclarationSyntax constructor => (Name: constructor.Identifier, Parameters: constructor.ParameterList, Max: MaxOfConstructors),
            MethodDeclarationSyntax method when !IsLogMessage(method) => (Name: method.Identifier, Parameters: method.ParameterList, Max: MaxOfMethods),
            LocalFunctionStatementSyntax function => (Name: function.Identifier, Parameters: function.ParameterList, Max: MaxOfMethods),
            DelegateDeclarationSyntax type => (Name: type.Identifier, Parameters: type.ParameterList, Max: MaxOfMethods),
            _ => (Name: default(SyntaxToken), Parameters: null, Max: 0),
        }
        where member.Parameters?.Parameters.Count > member.Max
        where declaration.FirstAncestorOrSelf<BaseNamespaceDeclarationSyntax>()?.Name.ToString() != CalledByGeneratedCode
        select $"{path}: {member.Name}: {member.Parameters!.Parameters.Count}";

    private static bool IsLogMessage(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() == "LoggerMessage");
}
