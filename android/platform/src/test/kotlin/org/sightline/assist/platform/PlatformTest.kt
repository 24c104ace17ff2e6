package org.sightline.assist.platform

import android.os.PowerManager
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.sightline.assist.Thermal
import org.sightline.assist.Turn

/** What can be run of the platform's code without a phone. */
class PlatformTest {
    @Test
    fun `a sensor's picture is turned upright on every display`() {
        // Most phones: the sensor is mounted a quarter turn to the right.
        assertEquals(Turn.RIGHT, CameraFeed.turnOf(90, 0))
        assertEquals(Turn.NONE, CameraFeed.turnOf(90, 90))
        assertEquals(Turn.LEFT, CameraFeed.turnOf(90, 180))
        assertEquals(Turn.HALF, CameraFeed.turnOf(90, 270))
        assertEquals(Turn.LEFT, CameraFeed.turnOf(270, 0))
    }

    @Test
    fun `all thermal states of Android are known`() {
        val states = (PowerManager.THERMAL_STATUS_NONE..PowerManager.THERMAL_STATUS_SHUTDOWN).map(PowerWatch::thermalOf)
        val (nominal, fair, serious, critical) = listOf(Thermal.NOMINAL, Thermal.FAIR, Thermal.SERIOUS, Thermal.CRITICAL)
        assertEquals(listOf(nominal, fair, fair, serious, critical, critical, critical), states)
    }
}
