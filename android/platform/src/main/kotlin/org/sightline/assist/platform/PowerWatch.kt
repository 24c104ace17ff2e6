package org.sightline.assist.platform

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.BatteryManager
import android.os.Handler
import android.os.PowerManager
import org.sightline.assist.AssistSession
import org.sightline.assist.Thermal
import java.util.concurrent.Executor

/** Tells a session how hot the phone is and how much charge it has: on each change and every 5 s. */
class PowerWatch(
    private val context: Context,
    private val session: AssistSession,
    private val handler: Handler,
) : AutoCloseable {
    private val power = checkNotNull(context.getSystemService(PowerManager::class.java)) { "no power service" }
    private val onThermal = PowerManager.OnThermalStatusChangedListener { tell(it) }
    private val battery = object : BroadcastReceiver() {
        override fun onReceive(context: Context, intent: Intent) = keep(intent)
    }
    private val again = object : Runnable {
        override fun run() {
            tell(power.currentThermalStatus)
            handler.postDelayed(this, EVERY_MS)
        }
    }
    private var percent: Int? = null
    private var charging = false

    init {
        context.registerReceiver(battery, IntentFilter(Intent.ACTION_BATTERY_CHANGED), null, handler)?.let(::keep)
        power.addThermalStatusListener(Executor { handler.post(it) }, onThermal)
        handler.post(again)
    }

    private fun keep(intent: Intent) {
        val level = intent.getIntExtra(BatteryManager.EXTRA_LEVEL, -1)
        val scale = intent.getIntExtra(BatteryManager.EXTRA_SCALE, 0)
        percent = if (level >= 0 && scale > 0) level * 100 / scale else null
        charging = intent.getIntExtra(BatteryManager.EXTRA_PLUGGED, 0) != 0
    }

    private fun tell(status: Int) = session.setPower(thermalOf(status), percent, charging)

    override fun close() {
        handler.removeCallbacks(again)
        power.removeThermalStatusListener(onThermal)
        context.unregisterReceiver(battery)
    }

    companion object {
        private const val EVERY_MS = 5_000L

        /** Android's seven states in the core's four. */
        fun thermalOf(status: Int): Thermal = when {
            status <= PowerManager.THERMAL_STATUS_NONE -> Thermal.NOMINAL
            status <= PowerManager.THERMAL_STATUS_MODERATE -> Thermal.FAIR
            status == PowerManager.THERMAL_STATUS_SEVERE -> Thermal.SERIOUS
            else -> Thermal.CRITICAL
        }
    }
}
