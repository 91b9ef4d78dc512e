using System.Security.Cryptography;
using System.Text;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Hashes the structure of a page, so that an open page can detect a change.</summary>
internal static class StructureHash
{
    public static string Of(string structure) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(structure)).AsSpan(0, 8));
}
