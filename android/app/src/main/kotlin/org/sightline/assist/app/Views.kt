package org.sightline.assist.app

import android.app.Activity
import android.view.View

/** The view of this name, which the layout has. */
fun <T : View> Activity.view(id: Int): T = checkNotNull(findViewById(id)) { "no view ${resources.getResourceName(id)}" }

/** The view of this name below this one, which the layout has. */
fun <T : View> View.view(id: Int): T = checkNotNull(findViewById(id)) { "no view ${resources.getResourceName(id)}" }
