using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>Guarantee 12 (docs/concepts/guarantees.md): no reflection and no dynamic code from registration to destination.</summary>
public sealed class NoReflectionTests
{
    /// <summary>
    /// Names, with their type arguments, and a module's version id and handle are read where an experiment is registered and for the messages of errors, never
    /// on a call that succeeds.
    /// </summary>
    private static readonly string[] Allowed =
    [
        "Type.get_Module", "Module.get_ModuleVersionId", "Module.get_ModuleHandle", "MemberInfo.get_Name", "MemberInfo.get_DeclaringType", "Type.get_Namespace",
        "Type.GetGenericTypeDefinition", "Type.GetGenericArguments",
    ];

    [Theory]
    [InlineData("ExperimentFramework.DataPlane")]
    [InlineData("ExperimentFramework.DataPlane.Abstractions")]
    [InlineData("ExperimentFramework.DataPlane.Tests.Contracts")]
    public void No_method_calls_what_reflects_or_emits_code(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var reflecting = metadata.MemberReferences
            .Where(handle => Reflects(metadata, handle))
            .ToDictionary(handle => MetadataTokens.GetToken(handle), handle => NameOf(metadata, handle));
        for (var row = 1; row <= metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            // A generic call names its instantiation, which names the method.
            var handle = MetadataTokens.MethodSpecificationHandle(row);
            var method = metadata.GetMethodSpecification(handle).Method;
            if (method.Kind == HandleKind.MemberReference && Reflects(metadata, (MemberReferenceHandle)method))
            {
                reflecting[MetadataTokens.GetToken(handle)] = NameOf(metadata, (MemberReferenceHandle)method);
            }
        }

        var calls = metadata.MethodDefinitions
            .Select(handle => metadata.GetMethodDefinition(handle))
            .Where(method => method.RelativeVirtualAddress != 0)
            .SelectMany(method => Tokens(image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!)
                .Where(reflecting.ContainsKey)
                .Select(token => $"{metadata.GetString(method.Name)} -> {reflecting[token]}"))
            .Distinct();

        Assert.Empty(calls);
    }

    /// <summary>Every four bytes that could be a token: a superset of the real ones.</summary>
    private static IEnumerable<int> Tokens(byte[] body) =>
        Enumerable.Range(0, Math.Max(0, body.Length - 3)).Select(offset => BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(offset)));

    private static string NameOf(MetadataReader metadata, MemberReferenceHandle handle)
    {
        var member = metadata.GetMemberReference(handle);
        return $"{metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name)}.{metadata.GetString(member.Name)}";
    }

    private static bool Reflects(MetadataReader metadata, MemberReferenceHandle handle)
    {
        var member = metadata.GetMemberReference(handle);
        if (member.Parent.Kind != HandleKind.TypeReference || Allowed.Contains(NameOf(metadata, handle)))
        {
            return false;
        }

        var parent = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
        var (space, type, name) = (metadata.GetString(parent.Namespace), metadata.GetString(parent.Name), metadata.GetString(member.Name));
        return (space.StartsWith("System.Reflection", StringComparison.Ordinal) && !type.EndsWith("Attribute", StringComparison.Ordinal))
            || space.StartsWith("System.Linq.Expressions", StringComparison.Ordinal)
            || type is "Activator" or "AppDomain" or "CustomAttributeExtensions" or "RuntimeReflectionExtensions"
            || ((space, type) is ("System", "Type")
                && name is not ("GetTypeFromHandle" or "op_Equality" or "op_Inequality" or "get_FullName" or "get_IsGenericType" or "get_IsConstructedGenericType"));
    }
}
