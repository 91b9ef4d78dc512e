namespace ExperimentFramework.DataPlane;

/// <summary>When an event counts as delivered to a file.</summary>
public enum FileDurability
{
    /// <summary>When the operating system has it: it survives the end of the process, however it ends, but the last seconds may be lost if the machine fails.</summary>
    Process = 0,

    /// <summary>When it is on the disk: it also survives the loss of power. Each batch waits for the disk, typically less than a millisecond, and sometimes 10.</summary>
    Disk = 1,
}
